//! Measures, traces and logs every request.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use opentelemetry::global::get_text_map_propagator;
use opentelemetry::propagation::Extractor;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use tokio::time::timeout;
use tracing::{Instrument, error, error_span, field, info};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::errors::Problem;
use crate::metrics::REQUEST_DURATION;

/// How long a request may take until its answer begins. A client has less to send its body, so that
/// what takes this long is the service. What is streamed after that is not limited.
const LONGEST: Duration = Duration::from_secs(30);

/// What only watches the service says nothing about how it serves: not measured, not logged.
const PROBES: [&str; 3] = ["/health", "/health/ready", "/metrics"];

/// The outermost middleware, so that its status is the one that the client gets.
pub async fn observe(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if PROBES.contains(&path.as_str()) {
        return next.run(request).await;
    }
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |route| route.as_str().to_owned());
    // Of the highest level: lines of any level carry its identifier.
    let span = error_span!(
        "request",
        request_id = identifier(request.headers()),
        otel.name = format!("{} {route}", label(&method)),
        otel.kind = "server",
        http.request.method = label(&method),
        http.route = route,
        http.response.status_code = field::Empty,
    );
    let parent = get_text_map_propagator(|known| known.extract(&Headers(request.headers())));
    // It fails only where traces are not exported, and is of no use there.
    let _ = span.set_parent(parent);

    let started = Instant::now();
    let response = within(LONGEST, next.run(request))
        .instrument(span.clone())
        .await;
    let seconds = started.elapsed().as_secs_f64();

    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    REQUEST_DURATION
        .with_label_values(&[label(&method), &route, status.as_str()])
        .observe(seconds);
    let (method, status) = (method.as_str(), status.as_u16());
    let duration_ms = (seconds * 10_000.0).round() / 10.0;
    span.in_scope(|| {
        if status >= 500 {
            error!(method, path, status, duration_ms, "request");
        } else {
            info!(method, path, status, duration_ms, "request");
        }
    });
    response
}

/// Return the answer, or that the service took too long for it: no request is held for ever.
async fn within(longest: Duration, answer: impl Future<Output = Response>) -> Response {
    timeout(longest, answer).await.unwrap_or_else(|_| {
        let detail = "the answer took too long";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
    })
}

/// Return what the proxies in front call the request, so that logs can be joined; a new identifier
/// where they say nothing, or what could be made to look like a part of the log.
fn identifier(headers: &HeaderMap) -> String {
    let given = headers.get("x-request-id").and_then(|id| id.to_str().ok());
    let is_plain = |id: &str| {
        id.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
    };
    match given {
        Some(id) if (8..=128).contains(&id.len()) && is_plain(id) => id.to_owned(),
        _ => RandomIdGenerator::default().new_trace_id().to_string(),
    }
}

/// Clients can invent methods, and each would be a label of its own.
fn label(method: &Method) -> &'static str {
    match method.as_str() {
        "DELETE" => "DELETE",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "POST" => "POST",
        "PUT" => "PUT",
        _ => "_OTHER",
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn ask(method: &str, path: &str) -> StatusCode {
        let app = Router::new()
            .nest(
                "/shops/{shop}",
                Router::new().route("/items/{item}", get(async || StatusCode::IM_A_TEAPOT)),
            )
            .route("/health", get(async || "ok"))
            .layer(from_fn(observe));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty());
        app.oneshot(request.expect("a request"))
            .await
            .expect("an answer")
            .status()
    }

    fn counted(method: &str, route: &str, status: &str) -> u64 {
        REQUEST_DURATION
            .with_label_values(&[method, route, status])
            .get_sample_count()
    }

    #[tokio::test]
    async fn requests_are_counted_by_route() {
        let before = counted("GET", "/shops/{shop}/items/{item}", "418");
        ask("GET", "/shops/9/items/1?token=abc").await;
        assert_eq!(
            counted("GET", "/shops/{shop}/items/{item}", "418"),
            before + 1
        );
    }

    #[tokio::test]
    async fn what_is_unknown_adds_no_labels() {
        let before = counted("_OTHER", "unmatched", "404");
        ask("BREW", "/no/such/path").await;
        assert_eq!(counted("_OTHER", "unmatched", "404"), before + 1);
    }

    #[test]
    fn what_a_proxy_calls_a_request_is_kept() {
        let given = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-request-id", id.parse().expect("a header"));
            identifier(&headers)
        };
        assert_eq!(given("4f1a-9c2e.B_7"), "4f1a-9c2e.B_7");
        let made = identifier(&HeaderMap::new());
        assert_ne!(made, identifier(&HeaderMap::new()));
        for id in ["", "4f1a", r#"4f1a9c2e","level":"x"#, &"x".repeat(129)] {
            assert_eq!(given(id).len(), made.len(), "{id}");
        }
    }

    #[tokio::test]
    async fn what_takes_too_long_is_given_up() {
        let never = within(Duration::ZERO, std::future::pending()).await;
        assert_eq!(never.status(), StatusCode::SERVICE_UNAVAILABLE);
        let done = within(LONGEST, async { StatusCode::OK.into_response() }).await;
        assert_eq!(done.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn probes_are_not_measured() {
        assert_eq!(ask("GET", "/health").await, StatusCode::OK);
        assert_eq!(counted("GET", "/health", "200"), 0);
    }
}
