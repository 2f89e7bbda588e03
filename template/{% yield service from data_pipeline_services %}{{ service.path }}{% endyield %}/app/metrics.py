"""What Prometheus scrapes: the runs, the duration of requests, and how the process is doing."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

# The name, labels and buckets of OpenTelemetry's http.server.request.duration. The route is the
# template, /api/notes/{id}: a label with raw paths would grow without bound.
REQUEST_DURATION = Histogram(
    "http_server_request_duration_seconds",
    "Duration of HTTP server requests.",
    ("http_request_method", "http_route", "http_response_status_code"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
)
RUNS = Counter("pipeline_runs", "Runs by result: success, failure or skipped.", ("result",))
RUN_DURATION = Histogram(
    "pipeline_run_duration_seconds",
    "Duration of runs.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
)
ROWS = Counter("pipeline_rows", "Rows written to each store, repeated ones too.", ("store",))
REFUSED = Counter(
    "pipeline_records_refused", "Records that are not measurements, repeated ones too."
)
LAST_SUCCESS = Gauge(
    "pipeline_last_success_timestamp_seconds", "When the last successful run ended, in Unix time."
)

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
def metrics() -> Response:
    """Return every metric in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
