"""ruff, with the settings of the folder that a file is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.corpus import Project, distinct_trees, projects, write_all
from support.tools import need, output

SETTINGS = ("pyproject.toml", "ruff.toml")


def folders(project: Project) -> list[str]:
    """Return the folders that have their own settings."""
    return sorted(
        {path.rsplit("/", 1)[0] for path in project.files if path.endswith(tuple(f"/{name}" for name in SETTINGS))}
    )


def services(project: Project) -> list[str]:
    """Return those that stand for themselves; the settings of the others extend each other."""
    return [folder for folder in folders(project) if folder not in ("ops", "tests")]


def is_python(path: str) -> bool:
    return path.endswith((".py", ".pyi", *SETTINGS))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("python")
    trees = distinct_trees(services, is_python)
    trees |= {
        f"{name}/repository": tree
        for name, tree in distinct_trees(
            lambda _: [""], lambda path: is_python(path) and path.startswith(("ops/", "tests/"))
        ).items()
    }
    assert len(trees) > 10
    for name, tree in trees.items():
        write_all({f"{name}/{path}": file for path, file in tree.items()}, root)
    return root


@pytest.mark.parametrize(
    "command", [["check", "--output-format", "concise"], ["format", "--check"]], ids=["check", "format"]
)
def test_ruff(command: list[str], written: Path) -> None:
    said = output([need("ruff", "make .venv/.develop"), *command, "--no-cache", "--quiet", "."], written)
    assert not said, said


def test_every_python_file_has_settings() -> None:
    for project in projects()[:20]:
        covered = tuple(f"{folder}/" for folder in folders(project))
        assert not [path for path in project.files if path.endswith(".py") and not path.startswith(covered)]
