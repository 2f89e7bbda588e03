"""Which files and which name make up the project of an environment."""

from __future__ import annotations

import json
from pathlib import Path

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


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that takes the repository's place."""
    monkeypatch.setattr(compose, "ROOT", tmp_path)
    monkeypatch.delenv("COMPOSE_PROJECT_NAME", raising=False)
    for files in compose._FILES.values():
        for name in files:
            (tmp_path / name).touch()
    return tmp_path


def test_tests_never_run_in_the_project_of_development(root: Path) -> None:
    """A name in `.env` takes the place of the one in each file, and tests delete their project with its volumes."""
    assert "--project-name" not in compose.project("test").command("down")
    (root / ".env").write_text("COMPOSE_PROJECT_NAME=mine\n")
    assert compose.project("test").command("down")[2:4] == ["--project-name", "mine-test"]
    assert "--project-name" not in compose.project("development").command("up")


def test_data_that_is_deployed_never_changes_its_project(root: Path) -> None:
    """On one host, staging and production would be one project, each removing the other's containers as orphans."""
    (root / "compose.prod.yaml").write_text("# Production.\nname: demo-production\n\nservices: {}\n")
    (root / "compose.staging.yaml").write_text("name: 'demo-staging' # beside it\n")
    assert "--project-name" not in compose.project("production").command("up")
    (root / ".env").write_text("COMPOSE_PROJECT_NAME=mine\n")
    assert compose.project("production").command("up")[2:4] == ["--project-name", "demo-production"]
    assert compose.project("staging").command("up")[2:4] == ["--project-name", "demo-staging"]


def test_the_override_file_is_the_one_that_compose_takes(root: Path) -> None:
    for name in ("docker-compose.override.yaml", "compose.override.yaml", "compose.override.yml"):
        (root / name).touch()
        assert compose.project("development").files == ("compose.yaml", name)
    assert compose.project("production").files == ("compose.prod.yaml",)
