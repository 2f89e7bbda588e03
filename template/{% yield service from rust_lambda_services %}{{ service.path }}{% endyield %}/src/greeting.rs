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
    /// It is no event of this function.
    #[error("the event is not {{\"name\": …}}: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Its name is empty, or too long.
    #[error("name does not have 1 to 100 characters")]
    Name,
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
    let Guest { name } = serde_json::from_value(event)?;
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
    async fn another_event_is_refused_with_what_is_wrong() {
        for event in [json!({}), json!({"name": 1}), json!("Ada"), json!(null)] {
            let error = answer(event).await.expect_err("an error");
            assert_eq!(error.error_type, "MalformedEvent");
            assert!(error.error_message.starts_with("the event is not {"));
        }
    }
}
