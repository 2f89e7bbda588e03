import asyncio
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
import stamina
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from app import NAME, tracing
from app.pipeline import Pipeline
from tests.fakes import FakeSource, FakeStore

RECORD = {"time": "2025-11-21T01:00:00Z", "source": "roof", "name": "temperature", "value": 1.5}


class Collector(BaseHTTPRequestHandler):
    """Takes what is sent to it."""

    received: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()


def test_runs_are_traced_with_each_store_that_they_load(monkeypatch: pytest.MonkeyPatch) -> None:
    stores = (FakeStore(), FakeStore(failures=[ValueError("a secret")]))
    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        endpoint = f"http://127.0.0.1:{collector.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        tracer, stop = tracing.start()
        with stamina.set_testing(True, attempts=1):
            source = FakeSource([RECORD])
            pipeline = Pipeline(
                source, stores, interval=60, lateness=0, page_size=10, tracer=tracer
            )
            asyncio.run(pipeline.run())
        stop()
        collector.shutdown()
        thread.join()

    (sent,) = (ExportTraceServiceRequest.FromString(body) for body in Collector.received)
    (resource,) = sent.resource_spans
    names = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert names["service.name"] == NAME
    *loads, run = (span for scope in resource.scope_spans for span in scope.spans)
    assert [run.name, *(load.name for load in loads)] == ["run", "load fake", "load fake"]
    assert {load.parent_span_id for load in loads} == {run.span_id}
    failed = Status.StatusCode.STATUS_CODE_ERROR
    assert sorted(load.status.code == failed for load in loads) == [False, True]
    assert run.status.code == failed
    assert b"a secret" not in Collector.received[0]


def test_nothing_is_recorded_without_a_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    tracer, stop = tracing.start()
    assert not tracer.start_span("run").is_recording()
    stop()


def test_a_collector_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "STOP_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        tracer, stop = tracing.start()
        tracer.start_span("run").end()
        started = time.monotonic()
        stop()
    assert time.monotonic() - started < 5
