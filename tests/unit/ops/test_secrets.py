from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from ops.stack import Secret


@pytest.fixture
def secrets(command: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Return the command, in a repository with one secret."""
    module = command("secrets")
    secret = Secret("password", "password of a store", "store", generated=True)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "load", lambda: SimpleNamespace(secrets={"password": secret}))
    monkeypatch.setattr(module, "folders", lambda: {"compose": tmp_path / "secrets"})
    return module


def test_a_folder_in_the_place_of_a_secret_is_no_secret(
    secrets: ModuleType, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The engine makes one where a file to mount is missing."""
    (tmp_path / "secrets" / "password").mkdir(parents=True)
    assert secrets.run(argparse.Namespace(json=False)) == 1
    assert "rm -r secrets/password && make secrets" in capsys.readouterr().err
    assert secrets.run(argparse.Namespace(json=True)) == 1
    assert json.loads(capsys.readouterr().out) == {"secrets/password": "folder"}
    (tmp_path / "secrets" / "password").rmdir()
    for state in ("made", "kept"):
        assert secrets.run(argparse.Namespace(json=True)) == 0
        assert json.loads(capsys.readouterr().out) == {"secrets/password": state}
