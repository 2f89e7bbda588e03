"""Words for people."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def near(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the known word most like this one, or an empty string."""
    match = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean '{match[0]}'?" if match else ""


def unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """Return the sentence that refuses a word which is none of the known ones."""
    names = list(known)
    return f"there is no {kind} '{word}'{near(word, names)} (there is {', '.join(names)})"


def listing(words: Iterable[str]) -> str:
    """Return `a, b and c`."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def quantity(number: int, noun: str) -> str:
    """Return `1 problem` or `2 problems`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
