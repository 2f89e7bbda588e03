//! Traces for OpenTelemetry, sent to where `OTEL_EXPORTER_OTLP_ENDPOINT` says; without it there are none.

use opentelemetry::global;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;

use crate::NAME;

/// Return what exports spans, or none where nobody asked for them.
#[must_use]
pub fn provider() -> Option<SdkTracerProvider> {
    std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT")
        .ok()
        .filter(|endpoint| !endpoint.is_empty())?;
    let exporter = match SpanExporter::builder().with_http().build() {
        Ok(exporter) => exporter,
        Err(error) => {
            // To serve without traces is better than not to serve.
            eprintln!("traces cannot be exported: {error}");
            return None;
        }
    };
    global::set_text_map_propagator(TraceContextPropagator::new());
    let name = std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| NAME.to_owned());
    let resource = Resource::builder().with_service_name(name).build();
    Some(
        SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build(),
    )
}
