package tracing

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace/noop"
)

func TestNothingIsSentUnlessACollectorIsNamed(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	before := otel.GetTracerProvider()
	stop, err := Start(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	if otel.GetTracerProvider() != before {
		t.Error("traces are recorded")
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTracesReachTheCollector(t *testing.T) {
	var received atomic.Int32
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/v1/traces" {
			received.Add(1)
		}
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	defer otel.SetTracerProvider(noop.NewTracerProvider())

	stop, err := Start(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	_, span := otel.Tracer("test").Start(t.Context(), "work")
	span.End()
	if err := stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if received.Load() != 1 {
		t.Errorf("the collector was asked %d times", received.Load())
	}
}

func TestWhatCannotBeUnderstoodIsAnError(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "not a pair")
	stop, err := Start(t.Context(), "test")
	if err == nil {
		t.Error("what are not attributes was accepted")
	}
	if err := stop(t.Context()); err != nil {
		t.Error(err)
	}
}
