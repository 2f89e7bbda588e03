"""Every JSON, TOML and YAML file parses, and says nothing twice."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import yaml

from support.corpus import distinct

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    assert len(set(keys)) == len(keys), f"a key stands twice among {keys}"
    return dict(pairs)


def test_json() -> None:
    files = distinct(lambda path: path.endswith((".json", ".webmanifest")))
    # TypeScript reads its own configuration with comments.
    for file in {path: f for path, f in files.items() if "/tsconfig" not in path}.values():
        json.loads(file.content, object_pairs_hook=_once)


def test_toml() -> None:
    files = distinct(lambda path: path.endswith(".toml"))
    assert files
    for file in files.values():
        tomllib.loads(file.text)


def test_yaml() -> None:
    files = distinct(lambda path: path.endswith((".yaml", ".yml")))
    assert files
    for path, file in files.items():
        documents = list(yaml.load_all(file.text, Loader=Loader))
        assert documents, path
