"""A machine on which Docker is not installed: every command says so in one sentence."""

from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace

import pytest
from ops import checks, compose, process
from ops.commands import build, down, shell
from ops.errors import OpsError

STACK = SimpleNamespace(services={"api": SimpleNamespace(name="api")}, stores={}, require=lambda _: None)


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave no program to be found, and a folder in the repository's place."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(process, "ROOT", tmp_path)
    monkeypatch.setattr(compose, "ROOT", tmp_path)
    monkeypatch.setattr("ops.stack.ROOT", tmp_path)
    monkeypatch.setattr("ops.stack.load", lambda: STACK)
    (tmp_path / "compose.yaml").touch()


@pytest.mark.parametrize(
    ("command", "options"),
    [
        (build.run, {"services": [], "publish": False}),
        (down.run, {"environment": "development"}),
        (shell.run, {"name": "api"}),
    ],
    ids=["build", "down", "shell"],
)
def test_it_is_named(
    command: object, options: dict[str, object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OpsError, match="docker is not installed"):
        command(argparse.Namespace(**options))  # type: ignore[operator]  # each takes options


def test_no_file_is_at_fault() -> None:
    wrong = [f.subject for f in checks.before_start(compose.project("development")) if f.level == "error"]
    assert wrong == ["docker"]
