import { collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** What Prometheus scrapes: the duration of requests, and how the process is doing. */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

/**
 * The name, labels and buckets of OpenTelemetry's http.server.request.duration, in seconds. The route is the
 * template, /api/notes/:id: a label with raw paths would grow without bound.
 */
export const requestDuration = new Histogram({
  name: "http_server_request_duration_seconds",
  help: "Duration of HTTP server requests.",
  labelNames: ["http_request_method", "http_route", "http_response_status_code"],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  registers: [registry],
});
