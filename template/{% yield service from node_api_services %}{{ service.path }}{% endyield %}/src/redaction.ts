const REDACTED = "[redacted]";
const SHORTEST = 4; // a shorter secret is part of ordinary words

const TELLING = String.raw`(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|cookie|api[-_]?key|private[-_]?key)\d*`;
const SECRET_NAME = new RegExp(`(?:${TELLING}|authorization)$`, "i");

// In a text that holds JSON, the quotes have backslashes before them where that JSON is itself in a string.
const QUOTE = String.raw`(?:\\*["'])?`;
const UNREDACTED = String.raw`(?!\[redacted\])`;
// Where a list or an object ends is not known: all that follows goes with it.
const VALUE = String.raw`(?:\\"(?:[^"\\]|\\[^"])*\\"|"(?:[^"\\]|\\.)*"|'[^']*'|[{[].*|[^\s"\\',;&)}\]]+)`;

// Secrets in the text of a message: each pattern keeps its first group.
const SECRET_TEXTS = [
  String.raw`(:\/\/[^\/\s:@"]*:)[^\/\s@"]+(?=@)`,
  String.raw`(${TELLING}${QUOTE}\s*[=:]\s*)${UNREDACTED}${VALUE}`,
  String.raw`(\bauthorization${QUOTE}\s*[=:]\s*${QUOTE}(?:[a-z]+\s+)?)${UNREDACTED}[^\s"\\',;}\]]+`,
  String.raw`(\bbearer\s+)[\w.~+\/=-]{16,}`,
  String.raw`()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+`,
  String.raw`(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|$)`,
].map((pattern) => new RegExp(pattern, "gis"));

/** Replaces secrets: those it was given, values with telling names, and what looks like one. */
export class Redactor {
  readonly #known: RegExp;

  constructor(secrets: readonly string[]) {
    const forms = secrets
      .filter((secret) => secret.length >= SHORTEST)
      // The longest first: one secret may be part of another.
      .sort((a, b) => b.length - a.length)
      .flatMap((secret) => [anyEncoding(secret), ...base64(secret)]);
    // Without secrets, nothing: an empty pattern would be found everywhere.
    this.#known = new RegExp(forms.join("|") || "(?!)", "g");
  }

  /** Return the text without secrets. */
  text(text: string): string {
    return SECRET_TEXTS.reduce(
      (redacted, pattern) => redacted.replace(pattern, `$1${REDACTED}`),
      text.replace(this.#known, REDACTED),
    );
  }

  /** Return what JSON.parse returned without secrets. */
  value(value: unknown): unknown {
    if (typeof value === "string") {
      return this.text(value);
    }
    if (typeof value !== "object" || value === null) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map((item) => this.value(item));
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        name.replace(this.#known, REDACTED),
        SECRET_NAME.test(name) && item !== null ? REDACTED : this.value(item),
      ]),
    );
  }
}

/**
 * Return a pattern for the secret as it is, in URLs and in JSON.
 *
 * Which characters are escaped depends on the part of a URL and on what wrote it, so each may be or may not.
 */
function anyEncoding(secret: string): string {
  return Array.from(secret, (character) => {
    if (/[a-z\d]/i.test(character)) {
      return character;
    }
    const percent = hex("%", 2, Buffer.from(character));
    const unicode = hex(String.raw`\\u`, 4, Array.from({ length: character.length }, (_, at) => character.charCodeAt(at)));
    const forms = [literal(character), literal(JSON.stringify(character).slice(1, -1)), `(?i:${percent}|${unicode})`];
    return `(?:${[...new Set(forms), ...(character === " " ? [String.raw`\+`] : [])].join("|")})`;
  }).join("");
}

function hex(before: string, digits: number, numbers: Iterable<number>): string {
  return Array.from(numbers, (number) => before + number.toString(16).padStart(digits, "0")).join("");
}

function base64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [literal(bytes.toString("base64").replace(/=+$/, "")), bytes.toString("base64url")];
}

/** Return a pattern for the text, whatever its characters mean in patterns. */
function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
