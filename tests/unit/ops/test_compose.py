"""Which files and which name make up the project of an environment."""

from __future__ import annotations

import json

import pytest
from ops import compose
from ops.process import Result


def test_what_is_deployed_is_looked_at_without_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose refuses files whose version is not set, and who asks for addresses or reasons starts nothing."""
    given: list[object] = []

    def run(_command: object, extra: object) -> Result:
        given.append(extra)
        return Result(0, json.dumps({"name": "demo"}), "")

    monkeypatch.setattr(compose, "run", run)
    for environment in ("development", "production"):
        assert compose.name_of(compose.Project(environment, ("compose.yaml",))) == "demo"
    assert given == [{}, {"TAG": "0"}]
