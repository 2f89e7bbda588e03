"""Every rendered file reads as if a careful person had typed it."""

from __future__ import annotations

import functools
import re

import pytest
from hypothesis import given

from support.render import Tree, renderer
from support.rendered import FEW
from support.samples import SAMPLES, STACKS
from support.strategies import Answers, answers

# Their formatters want two empty lines between definitions.
TWO_EMPTY_LINES = (".py", ".pyi", ".mako")
# Tabs are what make and gofmt indent by.
INDENTED_BY_TABS = ("Makefile", ".mk", ".mod", ".go", ".tsv")
# Bytes, or written by a tool in its own way.
NOT_OURS = (".ico", ".png", ".woff2")
EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
# Docker's own templates, which some commands carry.
LEFT_OVER = re.compile(r"\{[{%#]-?\s.*|\s-?[}%#]\}")
GO_TEMPLATE = re.compile(r"\{\{(json )?\s*\.[A-Z].*?\}\}")


def faults(files: Tree) -> list[str]:
    return [
        fault
        for path, file in files.items()
        if not path.endswith(NOT_OURS)
        for fault in _faults(path, file.source, file.text)
    ]


# Most files are the same in every project.
@functools.lru_cache(maxsize=4096)
def _faults(path: str, source: str, text: str) -> tuple[str, ...]:
    found = []
    where = f"{path} (from {source})"
    if re.search(r"[ \t]$", text, re.MULTILINE):
        line = next(n for n, line in enumerate(text.split("\n"), 1) if line != line.rstrip(" \t"))
        found.append(f"{where}:{line}: blanks at its end")
    limit = 3 if path.endswith(TWO_EMPTY_LINES) else 2
    if "\n" * (limit + 1) in text:
        found.append(f"{where}:{text[: text.index(chr(10) * (limit + 1))].count(chr(10)) + 2}: too many empty lines")
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        found.append(f"{where}: does not end with exactly one newline")
    if text.startswith("\n"):
        found.append(f"{where}: starts with an empty line")
    if "\r" in text or ("\t" in text and not path.endswith(INDENTED_BY_TABS)):
        found.append(f"{where}: holds a tab or a carriage return")
    # A plain file may hold such braces, in f-strings and JSX.
    if source.endswith(".jinja"):
        rest = GO_TEMPLATE.sub("", EXPRESSION.sub("", text))
        found += [f"{where}: Jinja is left over: {match[0]}" for match in LEFT_OVER.finditer(rest)]
    found += [f"{where}: {word}" for word in ("Undefined", "TODO", "FIXME") if re.search(rf"\b{word}\b", text)]
    return tuple(found)


@pytest.mark.parametrize("name", [*SAMPLES, *STACKS])
def test_samples_are_tidy(name: str) -> None:
    found = faults(renderer().render((SAMPLES | STACKS)[name]))
    assert not found


@given(answers(FEW))
def test_any_project_is_tidy(given_: Answers) -> None:
    found = faults(renderer().render(given_))
    assert not found
