//! What clients are told of requests that cannot be answered.

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::time::timeout;
use tracing::error;

/// How long a client may take to send a body: less than its whole request may take.
const LONGEST_BODY: Duration = Duration::from_secs(20);

/// An answer that is an error: `{"detail": "…"}`.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
}

impl Problem {
    /// Return a problem; the detail is for clients, so it tells nothing of the inside.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { status, detail }
    }

    /// Return the problem of a request that makes no sense.
    pub fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// Log what failed, and return what the client is told of it.
    pub fn unavailable(what: &str, error: &impl std::fmt::Display) -> Self {
        error!(%error, "{what} failed");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{what} is not available"),
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"detail": self.detail}))).into_response()
    }
}

/// A body in JSON. What is refused is not repeated: it may be secret.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Json::<T>::from_request(request, state);
        match in_time(LONGEST_BODY, read).await? {
            Ok(Json(value)) => Ok(Self(value)),
            Err(JsonRejection::BytesRejection(error)) => {
                Err(Problem::new(error.status(), "the body cannot be read"))
            }
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::unprocessable(
                "the Content-Type is not application/json",
            )),
            Err(error) => Err(Problem::unprocessable(reason(&error))),
        }
    }
}

/// Return what has been read, or that the client took too long to send it.
async fn in_time<T>(longest: Duration, read: impl Future<Output = T>) -> Result<T, Problem> {
    timeout(longest, read)
        .await
        .map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "the body took too long"))
}

/// Say what is wrong with a body without the value that is wrong.
fn reason(error: &JsonRejection) -> String {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let text = inner.to_string();
        if text.contains("missing field `") {
            return text[text.find("missing").unwrap_or(0)..].to_owned();
        }
        source = inner.source();
    }
    "the body is not what is expected".to_owned()
}

/// The part of the URL behind `?`.
pub struct Parameters<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::unprocessable("the query is not what is expected")),
        }
    }
}

/// The variable part of a path.
pub struct Segment<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segment<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::unprocessable("the path is not what is expected")),
        }
    }
}

/// How many entries a list may have, and has at most where nothing is asked for.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub struct Limit {
    limit: Option<u64>,
}

impl Limit {
    const DEFAULT: u64 = 50;
    const LARGEST: u64 = 100;

    /// Return the number that was asked for.
    ///
    /// # Errors
    ///
    /// The problem to answer with, where it is not between 1 and 100.
    pub fn get(self) -> Result<u64, Problem> {
        let limit = self.limit.unwrap_or(Self::DEFAULT);
        if (1..=Self::LARGEST).contains(&limit) {
            Ok(limit)
        } else {
            Err(Problem::unprocessable(format!(
                "limit is not between 1 and {}",
                Self::LARGEST
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::CONTENT_TYPE;
    use http_body_util::BodyExt;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Example {
        #[expect(dead_code, reason = "only its type counts")]
        number: i64,
    }

    async fn refused(body: &str, content_type: &str) -> (StatusCode, String) {
        let request = Request::post("/")
            .header(CONTENT_TYPE, content_type)
            .body(body.to_owned().into())
            .expect("a request");
        let Err(problem) = Body::<Example>::from_request(request, &()).await else {
            panic!("{body} is accepted");
        };
        let response = problem.into_response();
        let status = response.status();
        let body = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn what_was_sent_is_not_repeated() {
        for body in [
            r#"{"number": "hunter2"}"#,
            r#"{"number": hunter2}"#,
            "hunter2",
        ] {
            let (status, detail) = refused(body, "application/json").await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!detail.contains("hunter2"), "{detail}");
        }
    }

    #[tokio::test]
    async fn what_is_missing_is_named() {
        let (_, detail) = refused("{}", "application/json").await;
        assert!(detail.contains("missing field `number`"), "{detail}");
        let (_, detail) = refused("{}", "text/plain").await;
        assert!(detail.contains("Content-Type"), "{detail}");
    }

    #[tokio::test]
    async fn a_body_that_takes_too_long_is_the_clients_fault() {
        let never = in_time(Duration::ZERO, std::future::pending::<()>()).await;
        let status = never.map_err(|problem| problem.status);
        assert_eq!(status, Err(StatusCode::REQUEST_TIMEOUT));
    }

    #[test]
    fn a_limit_has_limits() {
        for (limit, expected) in [
            (None, Some(50)),
            (Some(1), Some(1)),
            (Some(0), None),
            (Some(101), None),
        ] {
            assert_eq!(Limit { limit }.get().ok(), expected);
        }
    }
}
