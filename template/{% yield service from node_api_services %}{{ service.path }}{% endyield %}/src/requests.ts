import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { requestDuration } from "./metrics.ts";

// What only watches the service says nothing about how it serves: not measured, not logged, not traced.
const PROBES = new Set(["/health", "/health/ready", "/metrics"]);
const METHODS = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

/** Measure and log every request. */
export function observeRequests(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    if (!isProbe(request)) {
      observe(request, reply);
    }
    done();
  });
}

function observe(request: FastifyRequest, reply: FastifyReply): void {
  const { method } = request;
  const { statusCode: status, elapsedTime } = reply;
  requestDuration
    .labels(METHODS.has(method) ? method : "_OTHER", request.routeOptions.url ?? "unmatched", String(status))
    .observe(elapsedTime / 1_000);
  const fields = { method, path: path(request), status, duration_ms: Math.round(elapsedTime * 10) / 10 };
  request.log[status >= 500 ? "error" : "info"](fields, "request");
}

/** Return whether the request only watches the service. */
export function isProbe(request: FastifyRequest): boolean {
  return PROBES.has(path(request));
}

/** Return the path without the query, which may hold what should not be logged. */
export function path(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? "";
}
