//! The routes below /api/records.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use super::{Record, Records};
use crate::errors::{Body, Limit, Parameters, Problem};

const NAME: &str = "records";

/// A value to be recorded.
#[derive(Debug, Deserialize)]
struct New {
    value: f64,
}

/// Return the routes below /api/records: where the volume is read only, none that writes.
pub fn routes(records: Records) -> Router {
    let methods = if records.read_only() {
        get(list)
    } else {
        get(list).post(create)
    };
    Router::new().route("/", methods).with_state(records)
}

/// Return the newest records, the newest first; 503 while there is no file.
async fn list(
    State(records): State<Records>,
    Parameters(limit): Parameters<Limit>,
) -> Result<Json<Vec<Record>>, Problem> {
    let file = records
        .file()
        .map_err(|error| Problem::unavailable(NAME, &error))?;
    Ok(Json(file.newest(limit.get()?)))
}

/// Record a value and return its record; 507 when there is no room.
async fn create(
    State(records): State<Records>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Record>), Problem> {
    let file = records
        .file()
        .map_err(|error| Problem::unavailable(NAME, &error))?;
    let record = file
        .append(new.value)
        .map_err(|error| Problem::unavailable(NAME, &error))?;
    let full = || {
        Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "there is no room for more records",
        )
    };
    Ok((StatusCode::CREATED, Json(record.ok_or_else(full)?)))
}
