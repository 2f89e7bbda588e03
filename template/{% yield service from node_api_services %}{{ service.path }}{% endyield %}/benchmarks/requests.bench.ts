import { describe } from "vitest";

import { buildApp } from "../src/app.ts";
import { createLogger } from "../src/logs.ts";
import { Redactor } from "../src/redaction.ts";
import { load } from "../src/settings.ts";
import { measure } from "./support.ts";

const settings = load({ ENVIRONMENT: "test" });
const logger = await createLogger(settings, { write: () => undefined });
const app = await buildApp(settings, logger);
const redactor = new Redactor(["a secret of some length"]);
const line = JSON.stringify({ level: "info", message: "request", method: "GET", path: "/api/items/1", status: 200 });

describe("requests", () => {
  measure("health", () => app.inject("/health"));
  measure("not-found", () => app.inject("/nowhere"));
});

describe("logs", () => {
  measure("redaction", () => JSON.stringify(redactor.value(JSON.parse(line))));
});
