"""`.env` files, read the way Compose reads them, with the line of what is wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_DOCUMENTED = re.compile(r"^#?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


class Entry(NamedTuple):
    """One variable: the line it stands on and its value without quotes."""

    line: int
    name: str
    value: str


class Mistake(NamedTuple):
    """A line that Compose refuses (`fatal`) or that has no effect."""

    line: int
    what: str
    remedy: str
    fatal: bool


def read(text: str) -> tuple[list[Entry], list[Mistake]]:
    """Return the variables of a file and its mistakes, in the order of their lines."""
    entries: list[Entry] = []
    mistakes: list[Mistake] = []
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, raw in lines:
        line = re.sub(r"^export\s+", "", raw.strip())
        if not line or line.startswith("#"):
            continue
        # Compose also takes YAML's `NAME: value`.
        name, separator, value = re.match(r"([^=:]*)([=:]?)(.*)", line, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches any text
        name, value = name.strip(), value.strip()
        if not separator:
            fix = f"write {_as_name(line.split()[0])}=value, or put # in front of it"
            mistakes.append(Mistake(number, f"'{line}' has no = and sets nothing", fix, fatal=" " in line))
        elif not _NAME.fullmatch(name):
            fix = f"use letters, digits and _, such as {_as_name(name)}={value}"
            mistakes.append(Mistake(number, f"'{name}' cannot be the name of a variable", fix, fatal=" " in name))
        elif value[:1] in ("'", '"'):
            while _end(value) < 0 and (more := next(lines, None)):
                value += f"\n{more[1]}"
            if _end(value) < 0:
                what = f"the value of {name} has no closing {value[0]}"
                mistakes.append(Mistake(number, what, f"end it with {value[0]}", fatal=True))
            else:
                entries.append(Entry(number, name, value[1 : _end(value)]))
        else:
            entries.append(Entry(number, name, re.sub(r"(^|\s)#.*$", "", value).strip()))
    return entries, mistakes


def documented(file: Path) -> dict[str, str]:
    """Return the variables that `.env.example` lists, with their defaults."""
    if not file.is_file():
        return {}
    return {name: value.strip("\"'") for name, value in _DOCUMENTED.findall(file.read_text(encoding="utf-8"))}


def value(name: str, file: Path) -> str | None:
    """Return a variable as Compose finds it: of the environment, else of a `.env`; None when neither sets it."""
    if os.environ.get(name):
        return os.environ[name]
    if not file.is_file():
        return None
    entries, _ = read(file.read_text(encoding="utf-8", errors="replace"))
    return next((entry.value for entry in reversed(entries) if entry.name == name), None) or None


def _as_name(text: str) -> str:
    """Return the name of a variable that text was probably meant to be."""
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lstrip("0123456789_").upper() or "NAME"


def _end(value: str) -> int:
    """Return where the quote that `value` begins with is closed; -1 when it is not."""
    position = 1
    while position < len(value):
        if value[position] == value[0]:
            return position
        position += 2 if value[position] == "\\" and value[0] == '"' else 1
    return -1
