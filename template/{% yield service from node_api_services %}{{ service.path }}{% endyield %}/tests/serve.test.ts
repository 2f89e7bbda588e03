import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished, vi } from "vitest";

import { serve } from "../src/serve.ts";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function served(): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  vi.stubEnv("ENVIRONMENT", "test");
  vi.stubEnv("LOG_LEVEL", "error");
  vi.stubEnv("PORT", String(port));
  const stop = await serve();
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${port}`, stop };
}

it("serves, and stops once however often it is asked to", async () => {
  const { url, stop } = await served();
  expect((await fetch(`${url}/health`)).status).toBe(200);

  await Promise.all([stop(), stop()]);

  await expect(fetch(`${url}/health`)).rejects.toThrow("fetch failed");
});

it("stops on SIGTERM", async () => {
  const { url } = await served();

  process.emit("SIGTERM", "SIGTERM");

  await vi.waitFor(() => expect(fetch(`${url}/health`)).rejects.toThrow("fetch failed"));
  expect(process.listenerCount("SIGTERM")).toBe(0);
});
