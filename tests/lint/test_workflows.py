"""actionlint and zizmor of every GitHub workflow."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.corpus import Project, distinct_trees, write_all
from support.tools import failures, need, output


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return folders with every distinct `.github`, each a repository as actionlint wants it."""

    def roots(project: Project) -> list[str]:
        return [".github"] if any(path.startswith(".github/") for path in project.files) else []

    root = tmp_path_factory.mktemp("workflows")
    trees = distinct_trees(roots, lambda _: True)
    assert trees
    for name, tree in trees.items():
        write_all({f"{name}/{path}": file for path, file in tree.items()}, root)
        (root / name).parent.joinpath(".git").mkdir()
    return [(root / name).parent for name in trees]


def test_actionlint(repositories: list[Path]) -> None:
    actionlint = need("actionlint", "`make .venv/.develop` builds it where Go is installed")
    shellcheck = need("shellcheck", "make .venv/.develop")
    said = failures(
        lambda folder: output([actionlint, "-no-color", "-shellcheck", shellcheck, "-pyflakes", ""], folder),
        repositories,
    )
    assert not said, "\n".join(said)


def test_zizmor(repositories: list[Path]) -> None:
    zizmor = need("zizmor", "make .venv/.develop")
    command = [zizmor, "--offline", "--persona", "pedantic", "--quiet", "--color", "never", "--no-progress"]
    said = output([*command, *(folder / ".github" for folder in repositories)], repositories[0])
    assert not said, said
