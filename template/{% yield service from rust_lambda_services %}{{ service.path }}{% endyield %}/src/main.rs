//! Asks Lambda for events and answers them, one after the other, until it is stopped.

use std::process::ExitCode;

use lambda_runtime::layers::{OpenTelemetryFaasTrigger, OpenTelemetryLayer, TracingLayer};
use lambda_runtime::{Runtime, service_fn};
use opentelemetry_sdk::trace::SdkTracerProvider;
use service::settings::Settings;
use service::{greeting, logs, lookup, telemetry};
use tracing::{error, warn};

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
    lookup::configure();
    let traces = telemetry::provider();
    logs::configure(&settings, traces.as_ref());
    // Before it asks for the next event: until there is one, Lambda may stop its clock.
    let flush = move || {
        if let Some(Err(reason)) = traces.as_ref().map(SdkTracerProvider::force_flush) {
            warn!("traces are lost: {reason}");
        }
    };
    let runtime = Runtime::new(service_fn(greeting::handle))
        .layer(TracingLayer::new())
        .layer(OpenTelemetryLayer::new(flush).with_trigger(OpenTelemetryFaasTrigger::Other));
    match runtime.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            error!("the runtime of Lambda cannot be reached: {reason}");
            ExitCode::FAILURE
        }
    }
}
