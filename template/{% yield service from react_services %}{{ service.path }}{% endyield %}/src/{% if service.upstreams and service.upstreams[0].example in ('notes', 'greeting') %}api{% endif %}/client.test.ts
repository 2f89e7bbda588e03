import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, call } from "./client";

const fetchMock = vi.fn<typeof fetch>();
const parse = (value: unknown) => value;

beforeEach(() => {
  fetchMock.mockReset();
  vi.stubGlobal("fetch", fetchMock);
});

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

describe("call", () => {
  it("returns the parsed answer", async () => {
    fetchMock.mockResolvedValue(Response.json({ answer: 42 }));

    await expect(call("/api/x", { parse })).resolves.toEqual({ answer: 42 });
  });

  it("sends a body as JSON", async () => {
    fetchMock.mockResolvedValue(new Response(null, { status: 204 }));

    await expect(call("/api/x", { method: "POST", body: { a: 1 }, parse })).resolves.toBeUndefined();
    expect(fetchMock).toHaveBeenCalledWith(
      "/api/x",
      expect.objectContaining({
        method: "POST",
        body: '{"a":1}',
        headers: { Accept: "application/json", "Content-Type": "application/json" },
      }),
    );
  });

  it.each([
    [404, '{"detail":"there is no such thing"}', "The server refused: there is no such thing."],
    [422, '{"detail":[{"msg":"too long"}]}', "The server refused (status 422)."],
    [413, "<html>", "The server refused (status 413)."],
    [500, "", "The server failed."],
    [503, "", "The server is not available just now."],
  ])("explains status %i with %s", async (status, body, message) => {
    fetchMock.mockResolvedValue(new Response(body, { status }));

    const error = await failureOf(call("/api/x", { parse }));

    expect(error).toMatchObject({ failure: "status", status, message });
  });

  it("says that there was no answer", async () => {
    fetchMock.mockRejectedValue(new TypeError("Failed to fetch"));

    expect(await failureOf(call("/api/x", { parse }))).toMatchObject({ failure: "network" });
  });

  it("gives up after a while", async () => {
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
    fetchMock.mockRejectedValue(new DOMException("", "TimeoutError"));

    expect(await failureOf(call("/api/x", { parse }))).toMatchObject({ failure: "timeout" });
  });

  it("ends for the caller's own reason", async () => {
    const controller = new AbortController();
    controller.abort(new Error("no longer needed"));
    fetchMock.mockRejectedValue(new DOMException("", "AbortError"));

    await expect(call("/api/x", { parse, signal: controller.signal })).rejects.toThrow("no longer needed");
  });

  it("refuses an answer that does not parse", async () => {
    fetchMock.mockResolvedValue(new Response("<html>"));

    expect(await failureOf(call("/api/x", { parse }))).toMatchObject({ failure: "format" });
  });
});
