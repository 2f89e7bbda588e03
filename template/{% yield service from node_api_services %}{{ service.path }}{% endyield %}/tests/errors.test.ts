import { describe, expect, it } from "vitest";

import { HttpError } from "../src/errors.ts";
import { testApp } from "./support.ts";

async function exampleApp() {
  const found = await testApp();
  found.app.post(
    "/example",
    { schema: { body: { type: "object", required: ["number"], properties: { number: { type: "integer" } } } } },
    (request) => request.body,
  );
  found.app.get("/teapot", () => {
    throw new HttpError(503, "it is brewing", { "Retry-After": "60" });
  });
  found.app.get("/broken", () => {
    throw new Error("the secret of the house");
  });
  return found;
}

async function post(payload: string, type = "application/json") {
  const { app } = await exampleApp();
  return app.inject({ method: "POST", url: "/example", headers: { "content-type": type }, payload });
}

describe("errors", () => {
  it("say what is wrong with a request, and do not repeat what was sent", async () => {
    const response = await post('{"number": "hunter2"}');

    expect(response.statusCode).toBe(422);
    expect(response.json()).toEqual({ detail: [{ loc: ["body", "number"], msg: "must be integer", type: "type" }] });
  });

  it.each(["", "{", "[1,]"])("refuse %j, which is not JSON", async (payload) => {
    expect((await post(payload)).statusCode).toBe(422);
  });

  it("refuse other types of content", async () => {
    const response = await post("number: 1", "application/yaml");

    expect(response.statusCode).toBe(415);
    expect(response.json()).toEqual({ detail: "Unsupported Media Type" });
  });

  it("that a route decides on are answered as it says", async () => {
    const { app } = await exampleApp();

    const response = await app.inject("/teapot");

    expect(response.statusCode).toBe(503);
    expect(response.headers["retry-after"]).toBe("60");
    expect(response.json()).toEqual({ detail: "it is brewing" });
  });

  it("that nobody expected are logged, not shown", async () => {
    const { app, entries } = await exampleApp();

    const response = await app.inject("/broken");

    expect(response.statusCode).toBe(500);
    expect(response.json()).toEqual({ detail: "Internal Server Error" });
    expect(entries().find(({ message }) => message === "the request failed")?.exception).toContain("of the house");
  });
});
