//! Whether the process lives, and whether it can serve.
//!
//! Only /health/ready looks beyond the process: were liveness to depend on a store, its outage
//! would restart every healthy service.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::timeout;
use tracing::warn;

/// Below the timeout of the probes.
const CHECK: Duration = Duration::from_secs(2);

/// Why something cannot be used: what anyone may know, and all there is for the log.
#[derive(Debug)]
pub struct Unusable {
    /// The kind of error, for whoever asks.
    pub kind: String,
    /// Its text, which may tell too much for that.
    pub reason: String,
}

type Outcome = Pin<Box<dyn Future<Output = Result<(), Unusable>> + Send>>;
type Check = Arc<dyn Fn() -> Outcome + Send + Sync>;

/// What the service needs, each with a question whether it can be used.
#[derive(Clone, Default)]
pub struct Checks(BTreeMap<String, Check>);

impl Checks {
    /// Ask this too before the service calls itself ready.
    pub fn add<F, T>(&mut self, name: &str, check: F)
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<(), Unusable>> + Send + 'static,
    {
        self.0
            .insert(name.to_owned(), Arc::new(move || Box::pin(check())));
    }
}

/// Say that the process answers.
pub async fn live() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

/// Say for each thing that is needed whether it can be used; 503 if one cannot.
pub async fn ready(State(checks): State<Checks>) -> (StatusCode, Json<Value>) {
    let running: Vec<_> = checks
        .0
        .into_iter()
        .map(|(name, check)| tokio::spawn(async move { (run(&name, check()).await, name) }))
        .collect();
    let mut results = BTreeMap::new();
    for check in running {
        if let Ok((result, name)) = check.await {
            results.insert(name, result);
        }
    }
    let usable = results.values().all(|result| result == "ok");
    let (status, word) = if usable {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
    };
    (status, Json(json!({"status": word, "checks": results})))
}

/// Return "ok" or the kind of error; its text goes to the log.
async fn run(name: &str, check: Outcome) -> String {
    let unusable = match timeout(CHECK, check).await {
        Ok(Ok(())) => return "ok".to_owned(),
        Ok(Err(unusable)) => unusable,
        Err(_) => Unusable {
            kind: "timeout".to_owned(),
            reason: "no answer in time".to_owned(),
        },
    };
    warn!(error = unusable.reason, "{name} is not usable");
    unusable.kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn ready_needs_nothing_else_where_nothing_is_used() {
        let (status, Json(body)) = ready(State(Checks::default())).await;
        assert_eq!(
            (status, body),
            (StatusCode::OK, json!({"status": "ok", "checks": {}}))
        );
    }

    #[tokio::test]
    async fn ready_names_what_is_not_usable_and_not_why() {
        let mut checks = Checks::default();
        checks.add("good", async || Ok(()));
        checks.add("bad", async || {
            Err(Unusable {
                kind: "refused".to_owned(),
                reason: "secret".to_owned(),
            })
        });
        let (status, Json(body)) = ready(State(checks)).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            body,
            json!({"status": "unavailable", "checks": {"good": "ok", "bad": "refused"}})
        );
    }

    #[tokio::test]
    async fn what_does_not_answer_in_time_is_not_usable() {
        assert_eq!(
            run("slow", Box::pin(std::future::pending())).await,
            "timeout"
        );
    }
}
