import { describe, expect, it } from "vitest";

import { Redactor } from "../src/redaction.ts";
import { testLogger, testSettings } from "./support.ts";

const SECRET = 's3cr3t-._~/ with+ü😀"special"\\&signs@home\n';
const redactor = new Redactor([SECRET, "", "x"]);

describe("text", () => {
  it.each([
    ["as it is", SECRET],
    ["of encodeURIComponent", encodeURIComponent(SECRET)],
    ["of encodeURIComponent that leaves / alone", encodeURIComponent(SECRET).replaceAll("%2F", "/")],
    ["of encodeURI", encodeURI(SECRET)],
    ["of URLSearchParams", new URLSearchParams({ "": SECRET }).toString().slice(1)],
    ["of a URL's user", Object.assign(new URL("http://host"), { username: SECRET }).username],
    ["in small letters", encodeURIComponent(SECRET).toLowerCase()],
    ["of JSON", JSON.stringify(SECRET).slice(1, -1)],
    ["of JSON in ASCII", JSON.stringify(SECRET).slice(1, -1).replace("ü😀", String.raw`\u00FC\ud83d\ude00`)],
    ["of base64", Buffer.from(SECRET).toString("base64")],
    ["of base64url", Buffer.from(SECRET).toString("base64url")],
  ])("has no secret in the form %s", (_, form) => {
    expect(redactor.text(`got ${form}, and more`)).toMatch(/^got \[redacted\]=*, and more$/);
  });

  it.each([
    ["postgresql://me:hunter2@host/db", "postgresql://me:[redacted]@host/db"],
    ["redis://:hunter2@host", "redis://:[redacted]@host"],
    ["password=hunter2, next", "password=[redacted], next"],
    ["{'api_key': 'a b c', 'x': 1}", "{'api_key': [redacted], 'x': 1}"],
    ['{"apiKey": "a b c", "x": 1}', '{"apiKey": [redacted], "x": 1}'],
    [String.raw`"{\"apiKey\": \"a b c\", \"x\": 1}"`, String.raw`"{\"apiKey\": [redacted], \"x\": 1}"`],
    ['{"credentials": {"db": {"key": 1}, "other": "a b c"}}', '{"credentials": [redacted]'],
    ["tokens: 3, token: ['a', 'b']", "tokens: 3, token: [redacted]"],
    ["?access_token=abc&page=2", "?access_token=[redacted]&page=2"],
    ["Authorization: Basic aGk6aG8=", "Authorization: Basic [redacted]"],
    ["Authorization: abc", "Authorization: [redacted]"],
    ["bearer abcdefghijklmnop.qrst", "bearer [redacted]"],
    ["got eyJhbGciOiJI.eyJzdWIi.c2ln here", "got [redacted] here"],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
      "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----",
    ],
    ["-----BEGIN PRIVATE KEY-----\nMII", "-----BEGIN PRIVATE KEY-----[redacted]"],
  ])("turns %j into %j", (text, expected) => {
    expect(redactor.text(text)).toBe(expected);
  });

  it.each(["GET /api/notes?limit=5", "http://host:3000/path", "the password is wrong", "12:30:05", "next"])(
    "leaves %j alone",
    (text) => {
      expect(redactor.text(text)).toBe(text);
      expect(new Redactor([]).text(text)).toBe(text);
    },
  );
});

describe("value", () => {
  it("has no values with telling names, at any depth", () => {
    const entry = {
      db_password: "x",
      headers: { authorization: 'Basic "x"', accept: "*/*" },
      list: [{ apiKey: 7 }, { cookie: ["a", "b"] }, [[{ token: true }]]],
      credentials: { db: { user: "me", options: {} }, password2: "TOPSECRETVALUE" },
      outer: { inner: [{ secret: [{ a: ["]", "}"] }] }, "after"] },
      tokens_used: 7,
      password: null,
    };

    expect(redactor.value(entry)).toEqual({
      db_password: "[redacted]",
      headers: { authorization: "[redacted]", accept: "*/*" },
      list: [{ apiKey: "[redacted]" }, { cookie: "[redacted]" }, [[{ token: "[redacted]" }]]],
      credentials: "[redacted]",
      outer: { inner: [{ secret: "[redacted]" }, "after"] },
      tokens_used: 7,
      password: null,
    });
  });

  it("has no secret in a name", () => {
    expect(redactor.value({ [SECRET]: 1 })).toEqual({ "[redacted]": 1 });
  });
});

describe("a line of the log", () => {
  const cyclic: Record<string, unknown> = { password2: "hunter2", list: ["}", "]"] };
  cyclic.self = cyclic;
  const cause = Object.assign(new Error('the cause, {"password":"hunter2"}'), { config: { token: "hunter2" } });
  const error = new Error("it failed with token=hunter2", { cause });

  it.each([
    ["nested objects", { credentials: { db: { user: "me" }, password2: "hunter2" } }],
    ["cycles", { cyclic }],
    ["errors", { exception: error }],
    ["errors of another name", { problem: error, err: error, errors: [error] }],
    ["what is not an error", { exception: { password: "hunter2" } }],
    ["what turns itself into JSON", { it: { toJSON: () => ({ apiKey: "hunter2" }) }, url: new URL("http://me:hunter2@host") }],
    ["odd values", { nan: NaN, big: 7n, nothing: undefined, call: () => "hunter2", ["__proto__"]: { pwd: "hunter2" } }],
  ])("is JSON without secrets for %s", async (_, fields) => {
    const { logger, lines } = await testLogger({ ...testSettings(), secrets: ["hunter2"] });

    logger.child({ token: "hunter2" }).info(fields, "logged with %j", { password: "hunter2" });

    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines.join(""))).toMatchObject({ level: "info", token: "[redacted]" });
    expect(lines.join("")).not.toContain("hunter2");
    expect(lines.join("")).toMatch(/^\{.*\}\n$/);
  });

  it("tells by names alone", async () => {
    const { logger, lines, entries } = await testLogger();

    logger.error({ exception: error, cyclic, credentials: { db: {}, password2: "hunter2" } }, "failed");

    expect(lines.join("")).not.toContain("hunter2");
    expect(entries()[0]?.exception).toMatch(/token=\[redacted\]\n[^]*caused by: Error: the cause/);
    expect(entries()[0]?.cyclic).toEqual({ password2: "[redacted]", list: ["}", "]"], self: "[Circular]" });
  });
});
