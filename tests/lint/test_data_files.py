"""Every JSON, TOML and YAML file parses, and says nothing twice."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
import yaml

from support.corpus import distinct

Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(Base):  # type: ignore[misc]  # which of the two is known when it runs
    """Refuses a mapping in which a key stands twice; YAML itself takes the last, without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        # `<<` brings keys that the mapping itself may say anew.
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        twice = [key for number, key in enumerate(keys) if key in keys[:number]]
        assert not twice, f"{twice} stand twice in the mapping at line {node.start_mark.line + 1}"
        return super().construct_mapping(node, deep)  # type: ignore[no-any-return]  # likewise


def test_the_loader_refuses_what_stands_twice() -> None:
    with pytest.raises(AssertionError, match=r"\['a'\] stand twice"):
        list(yaml.load_all("b: {a: 1, c: 2, a: 3}", Loader=Loader))
    assert list(yaml.load_all("a: &x {b: 1}\nc: {<<: *x, b: 2}", Loader=Loader))[0]["c"] == {"b": 2}


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
