"""What is deployed can be looked at like development, and without the version that a deployment asks for."""

from __future__ import annotations

import argparse
from types import ModuleType

import pytest
from ops import compose
from ops.commands import logs, status


@pytest.mark.parametrize(
    ("command", "does"), [(logs, ["logs", "--follow", "--tail", "100"]), (status, ["ps", "--all"])]
)
def test_each_environment_can_be_looked_at(
    monkeypatch: pytest.MonkeyPatch, command: ModuleType, does: list[str]
) -> None:
    given: list[tuple[list[str], dict[str, str]]] = []

    def show(line: list[str], extra: dict[str, str]) -> int:
        given.append((line, extra))
        return 0

    monkeypatch.setattr(command.process, "show", show)
    monkeypatch.setattr(command.compose, "project", lambda name: compose.Project(name, (f"{name}.yaml",)))
    for environment in ("development", "production"):
        assert command.run(argparse.Namespace(environment=environment, services=["api"])) == 0
    start = ["docker", "compose", "--file"]
    assert given == [
        ([*start, "development.yaml", *does, "api"], {}),
        ([*start, "production.yaml", *does, "api"], {"TAG": "0"}),
    ]
