"""Texts for people."""


def excerpt(text: str, length: int = 80) -> str:
    """Return the start of a text on one line, cut at a word and marked where it is cut.

    `length` is the most characters that the result may have, at least 2.
    Raises ValueError for a smaller one.
    """
    if length < 2:
        raise ValueError(f"length is {length}, must be at least 2")
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    # A word that is cut in two is left out, unless it is the only one.
    if line[length - 1] != " " and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip() + "…"
