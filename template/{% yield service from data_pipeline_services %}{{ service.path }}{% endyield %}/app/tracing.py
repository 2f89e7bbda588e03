"""Traces of runs, sent to OTEL_EXPORTER_OTLP_ENDPOINT; where that is not set, nothing is sent.

The other variables of OpenTelemetry count too: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER …
"""

import os
import threading
from collections.abc import Callable
from functools import partial

from opentelemetry.trace import NoOpTracer, Tracer

from app import NAME

STOP_SECONDS = 2  # with what stops before it below the 10 s that Docker gives a container


def start() -> tuple[Tracer, Callable[[], None]]:
    """Return what makes spans, and what sends the last of them and stops."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return NoOpTracer(), lambda: None

    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME") or NAME
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer(__name__), partial(_stop, provider.shutdown)


def _stop(shutdown: Callable[[], None]) -> None:
    """Send the last spans, unless the collector does not take them in time."""
    # A daemon: the process ends without it. The exporter itself would try for 10 s.
    sending = threading.Thread(target=shutdown, daemon=True)
    sending.start()
    sending.join(STOP_SECONDS)
