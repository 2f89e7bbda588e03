import { bench, describe } from "vitest";

import { buildApp } from "../src/app.ts";
import { createLogger } from "../src/logs.ts";
import { redactor } from "../src/redaction.ts";
import { load } from "../src/settings.ts";

const settings = load({ ENVIRONMENT: "test" });
const logger = await createLogger(settings, { write: () => undefined });
const app = await buildApp(settings, logger);
const redact = redactor(["a secret of some length"]);
const line = JSON.stringify({ level: "info", message: "request", method: "GET", path: "/api/items/1", status: 200 });

describe("requests", () => {
  bench("/health, from the first byte to the last", async () => {
    await app.inject("/health");
  });

  bench("a path that is not there, measured and logged", async () => {
    await app.inject("/nowhere");
  });
});

describe("logs", () => {
  bench("a line without secrets", () => {
    redact(line);
  });
});
