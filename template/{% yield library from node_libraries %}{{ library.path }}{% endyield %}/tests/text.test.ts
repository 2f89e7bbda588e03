import { expect, it } from "vitest";

import { excerpt } from "../src/index.ts";

it.each([
  ["short", 10, "short"],
  ["  two\n lines ", 20, "two lines"],
  ["cut at a word", 9, "cut at a…"],
  ["cut in a word", 8, "cut in…"],
  ["unbreakable", 5, "unbr…"],
])("%j in %i characters is %j", (text, length, expected) => {
  expect(excerpt(text, length)).toBe(expected);
});

it("refuses a length without room", () => {
  expect(() => excerpt("text", 1)).toThrow("at least 2");
});
