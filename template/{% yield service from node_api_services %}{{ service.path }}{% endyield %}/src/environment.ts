import { readFileSync } from "node:fs";

/** Settings that the service cannot start with; `problems` says what is wrong, by variable. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: ReadonlyMap<string, string>;

  constructor(problems: ReadonlyMap<string, string>) {
    const count = problems.size === 1 ? "1 setting is" : `${problems.size} settings are`;
    const lines = [...problems].map(([variable, problem]) => `  ${variable}: ${problem}`);
    super([`Cannot start: ${count} wrong.`, ...lines].join("\n"));
    this.problems = problems;
  }
}

interface Default<T> {
  /** Used where the variable is not set; without one it has to be set. */
  readonly fallback?: T | undefined;
}

/**
 * Reads variables and collects what is wrong with them, so that all of it can be said at once.
 *
 * The descriptions complete the sentence "set it to …". An empty variable counts as not set.
 */
export class Environment {
  readonly problems = new Map<string, string>();
  /** Every secret that was read. */
  readonly secrets: string[] = [];
  readonly #variables: NodeJS.ProcessEnv;

  constructor(variables: NodeJS.ProcessEnv) {
    this.#variables = variables;
  }

  /** Return one of `choices`. */
  choice<const T extends string>(variable: string, choices: readonly T[], options: Default<T> = {}): T {
    const remedy = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1) ?? ""}`;
    return this.#read(variable, remedy, options, (text) => {
      const found = choices.find((choice) => choice === text);
      return found ?? new Error(`is ${JSON.stringify(text)}`);
    });
  }

  /** Return a whole number from `least` to `most`. */
  integer(variable: string, description: string, least: number, most: number, options: Default<number> = {}): number {
    return this.#read(variable, `${description}, ${least} to ${most}`, options, (text) => {
      const value = Number(text);
      return /^\d+$/.test(text) && value >= least && value <= most ? value : new Error(`is ${JSON.stringify(text)}`);
    });
  }

  /** Return a text that `isValid`. */
  text(
    variable: string,
    description: string,
    options: Default<string> & { isValid?: (text: string) => boolean } = {},
  ): string {
    const { isValid = () => true } = options;
    return this.#read(variable, description, options, (text) =>
      isValid(text) ? text : new Error(`is ${JSON.stringify(text)}`),
    );
  }

  /** Return an http or https URL without a slash at its end. */
  url(variable: string, description: string, options: Default<string> = {}): string {
    return this.#read(variable, description, options, (text) => {
      const url = URL.parse(text);
      return url && ["http:", "https:"].includes(url.protocol)
        ? text.replace(/\/+$/, "")
        : new Error("is not an http or https URL");
    });
  }

  /** Return a secret from the variable, or from the file that `<variable>_FILE` names. */
  secret(variable: string, description: string, options: Default<string> = {}): string {
    const path = this.#variables[`${variable}_FILE`];
    const secret = path ? this.#secretFile(variable, path, description) : this.#secretVariable(variable, description, options);
    if (secret) {
      this.secrets.push(secret);
    }
    return secret;
  }

  /** Throw SettingsError if anything was wrong. */
  check(): void {
    if (this.problems.size > 0) {
      throw new SettingsError(this.problems);
    }
  }

  #secretVariable(variable: string, description: string, options: Default<string>): string {
    const remedy = `${description}, or ${variable}_FILE to the path of a file with it`;
    return this.#read(variable, remedy, options, (text) => text);
  }

  #secretFile(variable: string, path: string, description: string): string {
    if (this.#variables[variable]) {
      this.problems.set(variable, `is set, and so is ${variable}_FILE; set only one of them`);
      return "";
    }
    let secret: string;
    try {
      secret = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path)).replace(/[\r\n]+$/, "");
    } catch (error) {
      const reason = error instanceof TypeError ? "not UTF-8 text" : (error as Error).message.split(",")[0];
      this.problems.set(
        variable,
        `${variable}_FILE names ${path}, which cannot be read (${String(reason)}); set it to the path of a file with ${description}`,
      );
      return "";
    }
    if (secret === "") {
      this.problems.set(variable, `${variable}_FILE names ${path}, which is empty; write ${description} into it`);
    }
    return secret;
  }

  #read<T>(variable: string, remedy: string, { fallback }: Default<T>, parse: (text: string) => T | Error): T {
    const text = this.#variables[variable];
    if (!text && fallback !== undefined) {
      return fallback;
    }
    const value = text ? parse(text) : new Error("is not set");
    if (value instanceof Error) {
      this.problems.set(variable, `${value.message}; set it to ${remedy}`);
      // Never used: `check` throws before anybody can.
      return fallback as T;
    }
    return value;
  }
}
