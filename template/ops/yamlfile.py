"""Where in a YAML file a mistake is, which parsers often report at the start of the block around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_BLOCK_SCALAR = re.compile(r"(^|[\s:-])[|>][+-]?\d*\s*(#.*)?$")


def misindented(text: str) -> int | None:
    """Return the first line that is indented with a tab, or to a column at which no block is open."""
    open_columns = [0]
    scalar: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.lstrip(" ")
        column = len(line) - len(content)
        if content.startswith("\t"):
            return number
        if not content or content.startswith("#"):
            continue
        if scalar is not None and column > scalar:
            continue
        scalar = column if _BLOCK_SCALAR.search(line) else None
        if column > open_columns[-1]:
            open_columns.append(column)
        while column < open_columns[-1]:
            open_columns.pop()
        if column != open_columns[-1]:
            return number
    return None


def locate(message: str, files: Sequence[Path]) -> tuple[Path, int] | None:
    """Return the file and line that an error message is about, as far as can be told from its words."""
    for file in [file for file in files if file.name in message] or list(files):
        text = file.read_text(encoding="utf-8", errors="replace")
        lines = text.splitlines()
        found = misindented(text) if "yaml:" in message else None
        found = found or _given(message, lines) or _named(message, lines)
        if found:
            return file, found
    return None


def _given(message: str, lines: Sequence[str]) -> int | None:
    number = re.search(r"\bline (\d+)", message)
    return int(number[1]) if number and int(number[1]) <= len(lines) else None


def _named(message: str, lines: Sequence[str]) -> int | None:
    """Return the first line with a word that the message quotes, below the keys of the path that it names."""
    variable = re.search(r"required variable (\w+)", message)
    words = [f"${{{variable[1]}"] if variable else re.findall(r"['\"]([^'\"]+)['\"]", message)
    path = re.search(r"\b(?:services|volumes|networks|secrets)(?:\.[\w-]+)+", message)
    start = 0
    for key in path[0].split(".") if path else ():
        start = next((n for n in range(start, len(lines)) if lines[n].strip().startswith(f"{key}:")), start)
    numbers = [n + 1 for word in words for n in range(start, len(lines)) if word in lines[n]]
    return numbers[0] if numbers else (start + 1 if path else None)
