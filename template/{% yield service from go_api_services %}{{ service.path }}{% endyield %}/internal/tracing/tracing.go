// Package tracing sends traces to an OpenTelemetry collector where one is named.
package tracing

import (
	"context"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Start sends the traces of this service to OTEL_EXPORTER_OTLP_ENDPOINT, if that is set; the other
// OTEL_* variables have the meaning that OpenTelemetry gives them. The returned function sends what
// is left, and stops; with an error there is nothing to send.
func Start(ctx context.Context, service string) (stop func(context.Context) error, err error) {
	nothing := func(context.Context) error { return nil }
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
		return nothing, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nothing, err
	}
	// The later of two wins: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES may say otherwise.
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", service)),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv(),
	)
	if err != nil {
		return nothing, err
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about))
	otel.SetTracerProvider(provider)
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(
		propagation.TraceContext{}, propagation.Baggage{},
	))
	return provider.Shutdown, nil
}
