import { afterEach, describe, expect, it } from "vitest";

import { readConfig } from "./config";

afterEach(() => {
  delete window.config;
});

describe("readConfig", () => {
  it("returns what the server set", () => {
    window.config = { environment: "staging" };

    expect(readConfig()).toEqual({ environment: "staging" });
  });

  it("falls back to development", () => {
    expect(readConfig()).toEqual({ environment: "development" });
  });
});
