from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from ops.compose import Project
from ops.errors import OpsError

PRODUCTION = Project("production", ("compose.prod.yaml",))


@pytest.fixture
def backup(command: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Return the command, in a repository with a store that can be copied and one that cannot."""
    module = command("backup")
    stores = {
        "postgres": SimpleNamespace(name="postgres", backup="dump", restore="load"),
        "redis": SimpleNamespace(name="redis", backup=None, restore=None),
    }
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "FOLDER", tmp_path / "backups")
    monkeypatch.setattr(module.stack, "load", lambda: SimpleNamespace(stores=stores))
    monkeypatch.setattr(module.compose, "project", lambda _: PRODUCTION)
    return module


def run(module: ModuleType, store: str = "postgres", **options: Any) -> int:
    given = {"store": store, "environment": "production", "restore": None, "yes": False, **options}
    return int(module.run(argparse.Namespace(**given)))


def test_a_backup_is_written_without_a_version(backup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def show(command: list[str], extra: dict[str, str], taken: Any) -> int:
        assert command[:5] == ["docker", "compose", "--file", "compose.prod.yaml", "exec"]
        assert command[-4:] == ["postgres", "sh", "-c", "dump"]
        assert extra == {"TAG": "0"}, "Compose does not read the files without one"
        taken.write(b"data")
        return 0

    monkeypatch.setattr(backup.process, "show", show)
    assert run(backup) == 0
    (file,) = backup.FOLDER.iterdir()
    assert file.read_bytes() == b"data"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_that_failed_leaves_nothing(backup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup.process, "show", lambda *_, taken: taken.write(b"half") and 1)
    assert run(backup) == 1
    assert list(backup.FOLDER.iterdir()) == []


@pytest.mark.parametrize(
    ("store", "said"),
    [("", "say which, such as store=postgres"), ("redis", "no store that can be backed up 'redis'")],
)
def test_a_store_that_cannot_be_copied_is_refused(backup: ModuleType, store: str, said: str) -> None:
    with pytest.raises(OpsError, match=said):
        run(backup, store)


def test_a_backup_is_brought_back_only_on_purpose(
    backup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    loaded: list[bytes] = []

    def show(*_: object, given: Any) -> int:
        loaded.append(given.read())
        return 0

    monkeypatch.setattr(backup.process, "show", show)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    (tmp_path / "a.backup").write_bytes(b"data")
    assert run(backup, restore=str(tmp_path / "a.backup")) == 1
    assert loaded == []
    assert run(backup, restore=str(tmp_path / "a.backup"), yes=True) == 0
    assert loaded == [b"data"]
    with pytest.raises(OpsError, match="there is no file"):
        run(backup, restore=str(tmp_path / "b.backup"))
