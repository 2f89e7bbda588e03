"""Traces of runs, sent to OTEL_EXPORTER_OTLP_ENDPOINT; where that is not set, nothing is sent.

The other variables of OpenTelemetry count too: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER …
"""

import os
from collections.abc import Callable

from opentelemetry.trace import NoOpTracer, Tracer

from app import NAME


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
    return provider.get_tracer(__name__), provider.shutdown
