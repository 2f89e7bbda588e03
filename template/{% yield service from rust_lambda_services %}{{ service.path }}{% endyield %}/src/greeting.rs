//! An example of a handler: replace it with what the function is for.

use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use tracing::info;

/// What the function is called with.
#[derive(Debug, Deserialize)]
struct Guest {
    name: String,
}

/// What it answers.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Greeting {
    /// The greeting itself.
    pub message: String,
}

/// Why an event has no answer.
#[derive(Debug, Error)]
pub enum Problem {
    /// It is not an event of this function: what is wrong with it, but not what it says there, which
    /// may be secret.
    #[error("the event is not {{\"name\": …}}: {0}")]
    Malformed(String),
    /// Its name is empty, or too long.
    #[error("name does not have 1 to 100 characters")]
    Name,
}

impl From<serde_path_to_error::Error<serde_json::Error>> for Problem {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let reason = error.inner().to_string();
        Self::Malformed(if reason.starts_with("missing field `") {
            reason
        } else {
            match error.path().to_string().as_str() {
                "." => "it is something else".to_owned(),
                field => format!("{field} is something else"),
            }
        })
    }
}

/// Callers find the type of the error beside its words.
impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        let error_type = match problem {
            Problem::Malformed(_) => "MalformedEvent",
            Problem::Name => "InvalidName",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: problem.to_string(),
        }
    }
}

/// Answer one event; the runtime logs an error.
///
/// # Errors
///
/// Its name is missing, empty or too long.
#[expect(
    clippy::unused_async,
    reason = "the runtime wants a future, and a real handler awaits"
)]
pub async fn handle(event: LambdaEvent<Value>) -> Result<Greeting, Problem> {
    let greeting = greet(event.payload)?;
    info!("greeted");
    Ok(greeting)
}

/// Return the greeting that an event asks for.
///
/// # Errors
///
/// Its name is missing, empty or too long.
pub fn greet(event: Value) -> Result<Greeting, Problem> {
    let Guest { name } = serde_path_to_error::deserialize(event)?;
    match name.chars().count() {
        1..=100 => Ok(Greeting {
            message: format!("Hello, {name}!"),
        }),
        _ => Err(Problem::Name),
    }
}

#[cfg(test)]
mod tests {
    use lambda_runtime::Context;
    use serde_json::json;

    use super::*;

    async fn answer(event: Value) -> Result<Greeting, Diagnostic> {
        let event = LambdaEvent::new(event, Context::default());
        handle(event).await.map_err(Diagnostic::from)
    }

    #[tokio::test]
    async fn a_guest_is_greeted() {
        let greeting = answer(json!({"name": "Ada"})).await.expect("a greeting");
        let json = serde_json::to_value(greeting).expect("JSON");
        assert_eq!(json, json!({"message": "Hello, Ada!"}));
    }

    #[tokio::test]
    async fn a_name_may_have_100_characters() {
        assert!(answer(json!({"name": "ä".repeat(100)})).await.is_ok());
        for name in [String::new(), "ä".repeat(101)] {
            let error = answer(json!({"name": name})).await.expect_err("an error");
            assert_eq!(error.error_type, "InvalidName");
        }
    }

    #[tokio::test]
    async fn another_event_is_refused_with_what_is_wrong_and_not_repeated() {
        for (event, reason) in [
            (json!({}), "missing field `name`"),
            (json!({"name": {"hunter2": 1}}), "name is something else"),
            (json!("hunter2"), "it is something else"),
            (json!(null), "it is something else"),
        ] {
            let error = answer(event).await.expect_err("an error");
            assert_eq!(error.error_type, "MalformedEvent");
            let expected = format!("the event is not {{\"name\": …}}: {reason}");
            assert_eq!(error.error_message, expected);
        }
    }
}
