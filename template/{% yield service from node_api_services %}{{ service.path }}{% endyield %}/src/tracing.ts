import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Span } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";

import { isProbe, path } from "./requests.ts";
import { NAME } from "./service.ts";

/**
 * Send spans to the endpoint, if there is one; nothing is loaded otherwise.
 *
 * The variables of OpenTelemetry count: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_EXPORTER_OTLP_HEADERS …
 * Returns what sends the last spans and stops.
 */
export async function startTracing(endpoint: string | undefined): Promise<() => Promise<void>> {
  if (!endpoint) {
    return () => Promise.resolve();
  }
  const { start } = await import("./tracing-export.ts");
  return start();
}

/** Make a span of every request that is not a probe, as part of the caller's trace. */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer(NAME);
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook("onRequest", (request, _, done) => {
    if (isProbe(request)) {
      done();
      return;
    }
    const { method, routeOptions } = request;
    const route = routeOptions.url;
    const parent = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(
      route ? `${method} ${route}` : method,
      {
        kind: SpanKind.SERVER,
        attributes: {
          "http.request.method": method,
          "url.path": path(request),
          ...(route && { "http.route": route }),
        },
      },
      parent,
    );
    spans.set(request, span);
    context.with(trace.setSpan(parent, span), done);
  });

  app.addHook("onResponse", (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute("http.response.status_code", reply.statusCode);
    if (reply.statusCode >= 500) {
      span?.setStatus({ code: SpanStatusCode.ERROR });
    }
    span?.end();
    done();
  });
}

/** Return the headers with which another service can continue this trace. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}
