const REDACTED = "[redacted]";
const SHORTEST = 4; // a shorter secret is part of ordinary words

const TELLING = "pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|cookie|api[-_]?key|private[-_]?key";
const QUOTE = String.raw`(?:\\?["'])?`;
const UNREDACTED = String.raw`(?!\[redacted\])`;

// Each keeps its first group. They work on JSON text, in which quotes inside of strings have a backslash.
const PATTERNS = [
  String.raw`("[^"\\]*(?:${TELLING}|authorization)":)(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|\{[^}]*\}|-?\d[^,}\]]*)`,
  String.raw`(:\/\/[^\/\s:@"]*:)[^\/\s@"]+(?=@)`,
  String.raw`((?:${TELLING})${QUOTE}\s*[=:]\s*)${UNREDACTED}(?:\\"(?:[^"\\]|\\[^"])*\\"|'[^']*'|[^\s"\\',;&)}\]]+)`,
  String.raw`(\bauthorization${QUOTE}\s*[=:]\s*${QUOTE}(?:[a-z]+\s+)?)${UNREDACTED}[^\s"\\',;}\]]+`,
  String.raw`(\bbearer\s+)[\w.~+\/=-]{16,}`,
  String.raw`()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+`,
  String.raw`(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END)`,
].map((pattern) => new RegExp(pattern, "gis"));

/** Return a function that replaces secrets in JSON text: these, values with telling names, and what looks like one. */
export function redactor(secrets: readonly string[]): (json: string) => string {
  const known = new Set(
    secrets
      .filter((secret) => secret.length >= SHORTEST)
      .flatMap((secret) => [JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]),
  );
  // The longest first: one secret may be part of another.
  const forms = [...known].sort((a, b) => b.length - a.length);
  return (json) => {
    const text = forms.reduce((line, form) => line.replaceAll(form, REDACTED), json);
    return PATTERNS.reduce(
      (line, pattern, index) => line.replace(pattern, (_, kept: string) => `${kept}${index === 0 ? `"${REDACTED}"` : REDACTED}`),
      text,
    );
  };
}
