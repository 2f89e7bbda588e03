import { describe, expect, it } from "vitest";

import { redactor } from "../src/redaction.ts";

const SECRET = 's3cr3t/with "special"&signs';
const redact = redactor([SECRET, "", "x"]);

/** Return a text as it comes out of a line of the log. */
function logged(text: string): unknown {
  return (JSON.parse(redact(JSON.stringify({ message: text }))) as { message: unknown }).message;
}

describe("redactor", () => {
  it.each([
    [`it was ${SECRET}`, "it was [redacted]"],
    [`?q=${encodeURIComponent(SECRET)}`, "?q=[redacted]"],
    ["postgresql://me:hunter2@host/db", "postgresql://me:[redacted]@host/db"],
    ["redis://:hunter2@host", "redis://:[redacted]@host"],
    ["password=hunter2, next", "password=[redacted], next"],
    ["{'api_key': 'a b c', 'x': 1}", "{'api_key': [redacted], 'x': 1}"],
    ['{"apiKey": "a b c", "x": 1}', '{"apiKey": [redacted], "x": 1}'],
    ["?access_token=abc&page=2", "?access_token=[redacted]&page=2"],
    ["Authorization: Basic aGk6aG8=", "Authorization: Basic [redacted]"],
    ["Authorization: abc", "Authorization: [redacted]"],
    ["bearer abcdefghijklmnop.qrst", "bearer [redacted]"],
    ["got eyJhbGciOiJI.eyJzdWIi.c2ln here", "got [redacted] here"],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
      "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----",
    ],
  ])("turns %j into %j", (text, expected) => {
    expect(logged(text)).toBe(expected);
  });

  it.each(["GET /api/notes?limit=5", "http://host:3000/path", "the password is wrong", "12:30:05", "next"])(
    "leaves %j alone",
    (text) => {
      expect(logged(text)).toBe(text);
    },
  );

  it("replaces values with telling names, at any depth", () => {
    const entry = {
      db_password: "x",
      headers: { authorization: 'Basic "x"', accept: "*/*" },
      list: [{ apiKey: 7 }, { cookie: ["a", "b"] }],
      tokens_used: 7,
      none: null,
    };

    expect(JSON.parse(redact(JSON.stringify(entry)))).toEqual({
      db_password: "[redacted]",
      headers: { authorization: "[redacted]", accept: "*/*" },
      list: [{ apiKey: "[redacted]" }, { cookie: "[redacted]" }],
      tokens_used: 7,
      none: null,
    });
  });
});
