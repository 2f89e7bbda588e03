//! Where logs and traces go.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry};

use crate::settings::Settings;
use crate::{NAME, lines};

/// Whose spans are traced: the service's own, and those of a function's invocations.
const TRACED: [&str; 2] = ["service", "lambda_runtime::layers::otel"];

/// Send all that is logged to standard output, and spans to where traces are collected.
pub fn configure(settings: &Settings, traces: Option<&SdkTracerProvider>) {
    let exported = traces.map(|traces| {
        // Spans are traced at any level of the logs, those of libraries not at all.
        tracing_opentelemetry::layer()
            .with_tracer(traces.tracer(NAME))
            .with_filter(tracing_subscriber::filter::filter_fn(|metadata| {
                metadata.is_span()
                    && TRACED
                        .iter()
                        .any(|target| metadata.target().starts_with(target))
            }))
    });
    let subscriber = Registry::default()
        .with(exported)
        .with(lines::printed(settings, std::io::stdout));
    // It fails where another test has done so before.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(lines::report));
}
