import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.main import create_app
from app.settings import Settings

PARENT = "0af7651916cd43dd8448eb211c80319c"


class Collector(BaseHTTPRequestHandler):
    """Takes what is sent to it."""

    received: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()


def test_requests_are_traced_and_probes_are_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        thread = threading.Thread(target=collector.serve_forever)
        thread.start()
        endpoint = f"http://127.0.0.1:{collector.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
        with TestClient(create_app(settings)) as client:
            for path in ("/health", "/health/ready", "/metrics"):
                client.get(path)
            caller = f"00-{PARENT}-b7ad6b7169203331-01"
            client.post("/api/predictions", json={}, headers={"traceparent": caller})
        collector.shutdown()
        thread.join()

    sent = [ExportTraceServiceRequest.FromString(body) for body in Collector.received]
    (resource,) = (spans for request in sent for spans in request.resource_spans)
    (span,) = (span for scope in resource.scope_spans for span in scope.spans)
    assert span.name == "POST /api/predictions"
    assert span.trace_id.hex() == PARENT
    names = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert names["service.name"] == create_app(settings).title
