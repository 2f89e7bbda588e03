import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished, vi } from "vitest";

import { main } from "../src/healthcheck.ts";
import { DEFAULT_PORT } from "../src/service.ts";

it.each([
  [200, 0],
  [500, 1],
])("status %i gives exit code %i", async (status, code) => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/health" ? status : 404).end();
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  vi.stubEnv("PORT", String((server.address() as AddressInfo).port));

  expect(await main()).toBe(code);
});

it("without a port it asks at the service's own", async () => {
  const asked = vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response());
  vi.stubEnv("PORT", "");

  expect(await main()).toBe(0);
  expect(asked).toHaveBeenCalledWith(`http://127.0.0.1:${DEFAULT_PORT}/health`, expect.anything());
});

it("nobody listening is a failure with a reason", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.stubEnv("PORT", "2");

  expect(await main()).toBe(1);
  expect(String(write.mock.calls[0]?.[0])).toContain("ECONNREFUSED");
});
