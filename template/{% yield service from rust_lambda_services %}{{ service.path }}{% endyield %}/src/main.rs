//! Asks Lambda for events and answers them, one after the other, until it is stopped.

use std::process::ExitCode;

use lambda_runtime::service_fn;
use service::settings::Settings;
use service::{greeting, logs, lookup};
use tracing::error;

// Lambda gives a function one event at a time, and by default less than one processor.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match Settings::load(&|name| std::env::var(name).ok()) {
        Ok(settings) => settings,
        Err(problems) => {
            eprintln!("{problems}");
            return ExitCode::from(2);
        }
    };
    logs::configure(&settings);
    lookup::configure();
    match lambda_runtime::run(service_fn(greeting::handle)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            error!("the runtime of Lambda cannot be reached: {reason}");
            ExitCode::FAILURE
        }
    }
}
