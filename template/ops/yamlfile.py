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
    named = [file for file in files if str(file) in message or file.name in message] or list(files)
    for file in named:
        text = file.read_text(encoding="utf-8", errors="replace")
        lines = text.splitlines()
        wrong = misindented(text) if "yaml:" in message or "did not find" in message else None
        if wrong:
            return file, wrong
        given = re.search(r"\bline (\d+)", message)
        if given and int(given[1]) <= len(lines):
            return file, int(given[1])
        variable = re.search(r"required variable (\w+)", message)
        words = [f"${{{variable[1]}"] if variable else [*re.findall(r"'([^']+)'", message), *re.findall(r"\b\d{4,}\b", message)]
        for word in words:
            for number, line in enumerate(lines, start=1):
                if word in line:
                    return file, number
    return None
