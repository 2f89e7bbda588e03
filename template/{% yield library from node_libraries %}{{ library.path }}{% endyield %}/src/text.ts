/**
 * Return the start of a text on one line, cut at a word and marked where it is cut.
 *
 * `length` is the most characters that the result may have, at least 2. Throws RangeError for a smaller one.
 */
export function excerpt(text: string, length = 80): string {
  if (length < 2) {
    throw new RangeError(`length is ${String(length)}, must be at least 2`);
  }
  const line = text.trim().replace(/\s+/g, " ");
  if (line.length <= length) {
    return line;
  }
  let cut = line.slice(0, length - 1);
  // A word that is cut in two is left out, unless it is the only one.
  if (line[length - 1] !== " " && cut.includes(" ")) {
    cut = cut.slice(0, cut.lastIndexOf(" "));
  }
  return `${cut.trimEnd()}…`;
}
