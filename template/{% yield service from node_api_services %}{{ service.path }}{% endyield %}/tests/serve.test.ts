import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { serve } from "../src/serve.ts";
import { startTracing } from "../src/tracing.ts";

const slow = vi.hoisted(() => ({ started: Promise.withResolvers<undefined>(), ended: Promise.withResolvers<string>() }));
const close = vi.hoisted(() => vi.fn<() => Promise<void>>());

// The application has a slow route too, and a store that the tests close.
vi.mock(import("../src/app.ts"), async (original) => {
  const { buildApp } = await original();
  return {
    buildApp: async (...settings) => {
      const app = await buildApp(...settings);
      app.addHook("onClose", () => close());
      return app.get("/slow", () => {
        slow.started.resolve(undefined);
        return slow.ended.promise;
      });
    },
  };
});
vi.mock(import("../src/tracing.ts"), { spy: true });

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

/** Let nothing but requests take time: what the tests wait for, they say. */
function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

beforeEach(() => {
  slow.started = Promise.withResolvers();
  slow.ended = Promise.withResolvers();
  close.mockResolvedValue();
});

afterEach(() => {
  slow.ended.resolve("");
});

describe("serve", () => {
  it("serves, and stops once however often it is asked to", async () => {
    const { url, stop } = await served();
    expect((await fetch(`${url}/health`)).status).toBe(200);

    await Promise.all([stop(), stop()]);

    await expect(fetch(`${url}/health`)).rejects.toThrow("fetch failed");
  });

  it("keeps connections for longer than nginx does", async () => {
    const { url } = await served();

    expect((await fetch(`${url}/health`)).headers.get("Keep-Alive")).toBe("timeout=75");
  });

  it("lets requests end on SIGTERM, and takes no new ones", async () => {
    const exit = vi.spyOn(process, "exit").mockReturnValue(undefined as never);
    const { url } = await served();
    const response = fetch(`${url}/slow`);
    await slow.started.promise;

    process.emit("SIGTERM", "SIGTERM");
    await vi.waitFor(() => expect(fetch(`${url}/health`)).rejects.toThrow("fetch failed"));
    expect(exit).not.toHaveBeenCalled();
    slow.ended.resolve("done");

    expect((await response).status).toBe(200);
    expect(await (await response).text()).toBe("done");
    await vi.waitFor(() => {
      expect(exit).toHaveBeenCalledOnce();
    });
    expect(process.listenerCount("SIGTERM")).toBe(0);
  });

  it("cuts requests off that take too long", async () => {
    const { url, stop } = await served();
    const response = fetch(`${url}/slow`).catch(String);
    await slow.started.promise;
    fakeTimers();

    const stopped = stop();
    await vi.advanceTimersByTimeAsync(6_000);

    expect(await response).toBe("TypeError: fetch failed");
    await stopped;
  });

  it("sends the last spans in time, whatever else hangs", async () => {
    const stopTracing = vi.fn<() => Promise<void>>().mockReturnValue(new Promise(() => undefined));
    vi.mocked(startTracing).mockResolvedValueOnce(stopTracing);
    close.mockReturnValue(new Promise(() => undefined));
    const { stop } = await served();
    fakeTimers();

    const stopped = stop();
    await vi.advanceTimersByTimeAsync(7_000);
    expect(stopTracing).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(2_000);

    await stopped;
  });
});
