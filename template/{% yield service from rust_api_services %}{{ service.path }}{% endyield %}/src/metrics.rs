//! What Prometheus scrapes: the duration of requests, and how the process is doing.

use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use prometheus::{HistogramVec, TEXT_FORMAT, TextEncoder, register_histogram_vec};

/// The name, labels and buckets of OpenTelemetry's http.server.request.duration. The route is the
/// template, /api/notes/{id}: a label with raw paths would grow without bound.
pub static REQUEST_DURATION: LazyLock<HistogramVec> = LazyLock::new(|| {
    register_histogram_vec!(
        "http_server_request_duration_seconds",
        "Duration of HTTP server requests.",
        &[
            "http_request_method",
            "http_route",
            "http_response_status_code"
        ],
        vec![
            0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0
        ]
    )
    .expect("the name is registered once")
});

/// Return every metric in Prometheus' text format.
pub async fn text() -> impl IntoResponse {
    let text = TextEncoder::new()
        .encode_to_string(&prometheus::gather())
        .unwrap_or_default();
    ([(CONTENT_TYPE, TEXT_FORMAT)], text)
}
