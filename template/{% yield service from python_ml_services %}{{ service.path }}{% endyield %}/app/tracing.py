"""Traces of requests, sent to OTEL_EXPORTER_OTLP_ENDPOINT; where that is not set, nothing is loaded.

The other variables of OpenTelemetry count too: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER …
"""

import os
from collections.abc import Callable

from fastapi import FastAPI

from app import NAME
from app.middleware import PROBES


def start(app: FastAPI) -> Callable[[], None]:
    """Trace every request of the application; return what sends the last spans and stops."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return lambda: None

    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = os.environ.get("OTEL_SERVICE_NAME") or NAME
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=provider,
        excluded_urls=",".join(f"{path}$" for path in sorted(PROBES)),
        exclude_spans=["receive", "send"],
    )
    return provider.shutdown
