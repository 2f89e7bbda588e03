import { describe, expect, it, vi } from "vitest";

import { createLogger } from "../src/logs.ts";
import { NAME } from "../src/service.ts";
import { testLogger, testSettings } from "./support.ts";

describe("createLogger", () => {
  it("writes one object a line with the extras", async () => {
    const { logger, lines, entries } = await testLogger();

    logger.warn({ status: 200 }, "two\nlines");

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
    expect(entries()).toEqual([{ timestamp, level: "warning", logger: NAME, message: "two\nlines", status: 200 }]);
  });

  it("writes exceptions without secrets", async () => {
    const { logger, entries } = await testLogger({ ...testSettings(), secrets: ["hunter2"] });

    logger.error({ exception: new Error("cannot log in with hunter2") }, "it failed");

    expect(entries()[0]?.exception).toMatch(/^Error: cannot log in with \[redacted\]\n {4}at /);
  });

  it("drops what is below the level", async () => {
    const { logger, lines } = await testLogger({ ...testSettings(), logLevel: "warning" });

    logger.info("chatter");

    expect(lines).toEqual([]);
  });

  it("is readable in development, and coloured unless asked not to", async () => {
    const settings = testSettings({ ENVIRONMENT: "development" });
    vi.stubEnv("NO_COLOR", "");
    const coloured = await testLogger(settings);
    coloured.logger.warn("careful");
    expect(coloured.lines.join("")).toContain("\u001b[33mWARNING");

    vi.stubEnv("NO_COLOR", "1");
    const plain = await testLogger(settings);
    plain.logger.warn({ path: "/x", password: "hunter2" }, "careful");
    expect(plain.lines.join("")).toMatch(/^\[[\d:.]+\] WARNING: careful \{"path":"\/x","password":"\[redacted\]"\}\n$/);
  });

  it("writes JSON where the tools of development are missing", async () => {
    vi.doMock("pino-pretty", () => {
      throw new Error("not installed");
    });
    const lines: string[] = [];
    const logger = await createLogger(testSettings({ ENVIRONMENT: "development" }), { write: (line) => void lines.push(line) });
    logger.info("hello");
    vi.doUnmock("pino-pretty");

    expect(JSON.parse(lines.join(""))).toMatchObject({ message: "hello" });
  });
});
