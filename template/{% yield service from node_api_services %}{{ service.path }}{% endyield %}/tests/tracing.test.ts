import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { fastify } from "fastify";
import { expect, it, onTestFinished, vi } from "vitest";

import { NAME } from "../src/service.ts";
import { startTracing, traceHeaders, traceRequests } from "../src/tracing.ts";

const PROBES = ["/health", "/health/ready", "/metrics"];
const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** Start something that takes spans; return its address and what it was sent. */
async function collector() {
  const sent: Buffer[] = [];
  const server = createServer((request, response) => {
    request.on("data", (data: Buffer) => sent.push(data)).on("end", () => response.end());
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent: () => Buffer.concat(sent) };
}

function example() {
  const app = fastify();
  traceRequests(app);
  for (const probe of PROBES) {
    app.get(probe, () => traceHeaders());
  }
  app.get("/items/:id", (request, reply) => {
    const { id } = request.params as { id: string };
    return reply.code(id === "0" ? 500 : 200).send(traceHeaders());
  });
  return app;
}

it("costs nothing without an endpoint", async () => {
  const stop = await startTracing(undefined);

  expect((await example().inject("/items/1")).json()).toEqual({});
  await stop();
});

it("sends spans of requests, and continues the caller's trace", async () => {
  const { url, sent } = await collector();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", url);
  const stop = await startTracing(url);
  const app = example();

  const headers = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
  const { traceparent } = (await app.inject({ url: "/items/1", headers })).json<{ traceparent: string }>();
  await app.inject("/items/0");
  await app.inject("/nowhere");
  await stop();

  expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[\\da-f]{16}-01$`));
  const text = sent().toString("latin1");
  expect(text).toContain(Buffer.from(TRACE, "hex").toString("latin1"));
  expect(text).toContain("GET /items/:id");
  expect(text).toContain(NAME);
});

it.each(PROBES)("sends no span of the probe %s", async (probe) => {
  const { url, sent } = await collector();
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", url);
  const stop = await startTracing(url);

  expect((await example().inject(`${probe}?verbose=1`)).json()).toEqual({});
  await stop();

  expect(sent().toString("latin1")).toBe("");
});
