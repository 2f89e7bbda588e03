import type { FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";

import { buildApp } from "../src/app.ts";
import { createLogger } from "../src/logs.ts";
import { load } from "../src/settings.ts";
import type { Settings } from "../src/settings.ts";

/** Stores that refuse every connection. */
const UNREACHABLE = Object.fromEntries(
  ["POSTGRES", "TIMESCALEDB", "QUESTDB", "REDIS"].flatMap((store) => [
    [`${store}_HOST`, "127.0.0.1"],
    [`${store}_PORT`, "1"],
  ]),
);

/** Return settings that owe nothing to the environment that the tests run in. */
export function testSettings(variables: NodeJS.ProcessEnv = {}): Settings {
  return load({ ENVIRONMENT: "test", ...UNREACHABLE, ...variables });
}

/** Return a logger and the entries that it has written. */
export async function testLogger(settings: Parameters<typeof createLogger>[0] = testSettings()) {
  const lines: string[] = [];
  const logger = await createLogger(settings, { write: (line) => void lines.push(line) });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** Return the application, which is closed after the test, and what it logs. */
export async function testApp(settings: Settings = testSettings()) {
  const log = await testLogger(settings);
  const app: FastifyInstance = await buildApp(settings, log.logger);
  onTestFinished(() => app.close());
  return { app, ...log };
}
