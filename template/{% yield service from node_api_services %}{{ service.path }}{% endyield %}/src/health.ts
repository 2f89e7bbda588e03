import type { FastifyInstance } from "fastify";

import { kindOf } from "./errors.ts";
import { inTime } from "./time.ts";

/** Throws if what it asks cannot be used. */
export type Check = () => Promise<unknown>;

const CHECK_MS = 2_000; // below the timeout of the probes

/**
 * Say whether the process lives, and whether it can serve.
 *
 * Only /health/ready looks beyond the process: were liveness to depend on a store, its outage would restart
 * every healthy service.
 */
export function healthRoutes(app: FastifyInstance, checks: Readonly<Record<string, Check>>): void {
  app.get("/health", () => ({ status: "ok" }));

  app.get("/health/ready", async (request, reply) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await inTime(check(), CHECK_MS);
          return [name, "ok"] as const;
        } catch (error) {
          // The text, which may tell too much, goes to the log. What `fetch` throws says why in its cause.
          request.log.warn({ error: String((error as Error).cause ?? error) }, `${name} is not usable`);
          return [name, kindOf(error)] as const;
        }
      }),
    );
    const usable = results.every(([, result]) => result === "ok");
    return reply
      .code(usable ? 200 : 503)
      .send({ status: usable ? "ok" : "unavailable", checks: Object.fromEntries(results) });
  });
}

/** Return a check of another service: whether its /health answers. */
export function answers(url: string): Check {
  return async () => {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(CHECK_MS) });
    await response.body?.cancel();
    if (!response.ok) {
      throw Object.assign(new Error(`${url}/health answered ${response.status}`), { code: `HTTP ${response.status}` });
    }
  };
}
