import { describe, expect, it } from "vitest";

import { registry } from "../src/metrics.ts";
import { testApp } from "./support.ts";

async function counted(method: string, route: string, status: number): Promise<number> {
  const labels = `http_request_method="${method}",http_route="${route}",http_response_status_code="${status}"`;
  const found = (await registry.metrics()).split("\n").find((line) => line.includes(`_count{${labels}}`));
  return Number(found?.split(" ").at(-1) ?? 0);
}

async function exampleApp() {
  const { app, entries } = await testApp();
  app.get("/shops/:shop/items/:item", (request) => {
    if ((request.params as { item: string }).item === "0") {
      throw new Error("no such thing as nothing");
    }
    return { ok: true };
  });
  return { app, requests: () => entries().filter(({ message }) => message === "request") };
}

describe("requests", () => {
  it.each([
    ["1", 200, "info"],
    ["0", 500, "error"],
  ])("are counted by route and logged: item %s", async (item, status, level) => {
    const { app, requests } = await exampleApp();
    const before = await counted("GET", "/shops/:shop/items/:item", status);

    const response = await app.inject({ url: `/shops/9/items/${item}?token=abc`, headers: { "X-Request-ID": "from-the-edge" } });

    expect(response.statusCode).toBe(status);
    expect(await counted("GET", "/shops/:shop/items/:item", status)).toBe(before + 1);
    const fields = { level, request_id: "from-the-edge", method: "GET", path: `/shops/9/items/${item}`, status };
    expect(requests()).toEqual([expect.objectContaining(fields)]);
    expect(requests()[0]?.duration_ms).toBeTypeOf("number");
  });

  it("that are unknown add no labels", async () => {
    const { app } = await exampleApp();
    const before = await counted("GET", "unmatched", 404);

    expect((await app.inject("/no/such/path")).json()).toEqual({ detail: "Not Found" });

    expect(await counted("GET", "unmatched", 404)).toBe(before + 1);
  });

  it("of probes are neither logged nor measured", async () => {
    const { app, requests } = await exampleApp();
    await app.inject("/health");

    const { body, headers } = await app.inject("/metrics");

    expect(headers["content-type"]).toMatch("text/plain");
    expect(body).toContain("# TYPE http_server_request_duration_seconds histogram");
    expect(body).toContain("process_resident_memory_bytes");
    expect(body).not.toContain('http_route="/health"');
    expect(requests()).toEqual([]);
  });

  it("that give themselves odd identifiers get another", async () => {
    const { app, requests } = await exampleApp();

    await app.inject({ url: "/shops/9/items/1", headers: { "X-Request-ID": "<script>" } });

    expect(requests()[0]?.request_id).toMatch(/^[\da-f-]{36}$/);
  });
});
