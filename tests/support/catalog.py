"""The catalog of this clone, and the questions of its model."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from copier.errors import UserMessageError

from model import load
from model.answers import Answers
from model.catalog import Catalog
from support.render import clone, renderer

QUESTIONS = tuple(Answers.model_fields)


def catalog() -> Catalog:
    """Return every kind, store, preset and image that the clone knows."""
    return _catalog(clone())


@functools.cache
def _catalog(root: Path) -> Catalog:
    return load.catalog(root / "extensions")


def refusals(given: Mapping[str, Any]) -> list[str]:
    """Return every sentence with which answers are refused, as generating a project with them would."""
    try:
        renderer().check(given)
    except UserMessageError as error:
        return str(error).split("\n")
    return []
