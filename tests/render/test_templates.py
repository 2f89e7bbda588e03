"""Every template compiles, and none leaves anything undefined."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from support.render import ROOT, renderer

TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "template").rglob("*.jinja"))


def test_what_is_undefined_is_an_error() -> None:
    assert renderer().environment.undefined is jinja2.StrictUndefined


@pytest.mark.parametrize("path", TEMPLATES, ids=[Path(path).name for path in TEMPLATES])
def test_template_compiles(path: str) -> None:
    try:
        renderer().environment.get_template(path)
    except SyntaxError:
        pytest.fail(
            "Jinja cannot compile an inline `if` without `else` in a template whose path holds quotes: add an else",
            pytrace=False,
        )
