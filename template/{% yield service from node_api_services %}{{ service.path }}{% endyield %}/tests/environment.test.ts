import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { Environment, SettingsError } from "../src/environment.ts";

function secretIn(variables: NodeJS.ProcessEnv) {
  const env = new Environment(variables);
  return { value: env.secret("API_KEY", "the key"), problem: env.problems.get("API_KEY"), secrets: env.secrets };
}

function file(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "secret-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "key"), content);
  return join(folder, "key");
}

describe("Environment", () => {
  it("lists every problem at once", () => {
    const env = new Environment({ COLOUR: "grey", COUNT: "1e3", LINK: "ftp://files" });
    env.choice("COLOUR", ["red", "green", "blue"]);
    env.integer("COUNT", "how many", 1, 9_999);
    env.url("LINK", "where it is");
    env.text("NAME", "a name");

    expect(() => {
      env.check();
    }).toThrow(
      new SettingsError(
        new Map([
          ["COLOUR", 'is "grey"; set it to red, green or blue'],
          ["COUNT", 'is "1e3"; set it to how many, 1 to 9999'],
          ["LINK", "is not an http or https URL; set it to where it is"],
          ["NAME", "is not set; set it to a name"],
        ]),
      ),
    );
  });

  it("takes an empty variable for one that is not set", () => {
    const env = new Environment({ COUNT: "" });

    expect(env.integer("COUNT", "how many", 1, 9, { fallback: 3 })).toBe(3);
    env.check();
  });

  it.each(["http://host:80/", "http://host:80"])("takes the slash from the end of %s", (url) => {
    expect(new Environment({ LINK: url }).url("LINK", "where")).toBe("http://host:80");
  });

  it("reads a secret from its variable or file, and remembers it", () => {
    expect(secretIn({ API_KEY: "s3cret" })).toMatchObject({ value: "s3cret", secrets: ["s3cret"] });
    expect(secretIn({ API_KEY_FILE: file("s3cret\n") })).toMatchObject({ value: "s3cret", secrets: ["s3cret"] });
  });

  it("says both ways to set a secret that is missing", () => {
    expect(secretIn({}).problem).toBe(
      "is not set; set it to the key, or API_KEY_FILE to the path of a file with it",
    );
  });

  it("refuses files without a secret", () => {
    expect(secretIn({ API_KEY_FILE: "/nowhere" }).problem).toContain("cannot be read (ENOENT: no such file");
    expect(secretIn({ API_KEY_FILE: file("\n") }).problem).toContain("which is empty");
    expect(secretIn({ API_KEY_FILE: file(Buffer.from([0xff])) }).problem).toContain("not UTF-8 text");
  });

  it("refuses a secret in both places, and does not show it", () => {
    expect(secretIn({ API_KEY: "hunter2", API_KEY_FILE: "/key" }).problem).toBe(
      "is set, and so is API_KEY_FILE; set only one of them",
    );
  });
});
