"""Compose files as Compose reads them: variables filled in, one file merged over another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

_REFERENCE = re.compile(r"\$(?:(?P<literal>\$)|\{(?P<name>\w+)(?::(?P<how>[-?])(?P<word>[^}]*))?\}|(?P<bare>\w+))")


class Reference(NamedTuple):
    """One `${NAME…}`: `how` is `-` where `word` is its default, `?` where it is the sentence of its absence."""

    name: str
    how: str
    word: str


class MissingVariableError(Exception):
    """A variable that a file demands is not set."""


def strings(node: Any) -> Iterator[str]:
    """Yield every string value of a parsed file."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def references(node: Any) -> list[Reference]:
    """Return every variable that a parsed file reads."""
    return [
        Reference(match["name"] or match["bare"], match["how"] or "", match["word"] or "")
        for text in strings(node)
        for match in _REFERENCE.finditer(text)
        if not match["literal"]
    ]


def interpolated(node: Any, values: Mapping[str, str]) -> Any:
    """Return a parsed file with its variables filled in; MissingVariableError where one that it demands is not set."""
    return _mapped(node, lambda text: _REFERENCE.sub(lambda match: _value(match, values), text))


def _mapped(node: Any, change: Callable[[str], str]) -> Any:
    if isinstance(node, str):
        return change(node)
    if isinstance(node, dict):
        return {key: _mapped(value, change) for key, value in node.items()}
    return [_mapped(value, change) for value in node] if isinstance(node, list) else node


def _value(match: re.Match[str], values: Mapping[str, str]) -> str:
    if match["literal"]:
        return "$"
    name = match["name"] or match["bare"]
    if values.get(name):
        return values[name]
    if match["how"] == "?":
        raise MissingVariableError(f"{name}: {match['word']}")
    return match["word"] or ""


def merged(base: Any, over: Any) -> Any:
    """Return one parsed file merged over another: mappings by key, other values replaced."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{key: merged(base.get(key), value) for key, value in over.items()}}
    return over


def documented(example: str) -> dict[str, str]:
    """Return the variables of `.env.example` with the values that stand there behind a #."""
    found = {}
    for name, value in re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", example, re.MULTILINE):
        if name in found:
            raise ValueError(f"{name} stands there twice")
        found[name] = json.loads(value) if value.startswith('"') else value
    return found


def waits(service: Mapping[str, Any]) -> dict[str, str]:
    """Return what a service waits for, with the condition."""
    return {name: value["condition"] for name, value in service.get("depends_on", {}).items()}
