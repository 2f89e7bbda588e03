"""What Prometheus scrapes: requests, inference, the model, and how the process is doing."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, Info, generate_latest

# The name, labels and buckets of OpenTelemetry's http.server.request.duration. The route is the
# template, /api/notes/{id}: a label with raw paths would grow without bound.
REQUEST_DURATION = Histogram(
    "http_server_request_duration_seconds",
    "Duration of HTTP server requests.",
    ("http_request_method", "http_route", "http_response_status_code"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
)
INFERENCE_DURATION = Histogram(
    "inference_duration_seconds",
    "Duration of the model's part of a request, without waiting for its turn.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
BATCH_SIZE = Histogram(
    "inference_batch_size",
    "Rows of features that were predicted at once.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
)
MODEL_INFO = Info("model", "The model that is loaded, and what it runs on.")

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Return every metric in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
