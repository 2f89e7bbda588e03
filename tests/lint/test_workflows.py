"""actionlint and zizmor of every GitHub workflow."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.corpus import Project, distinct_trees, write_all
from support.render import renderer
from support.rendered import documents
from support.samples import SAMPLES
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


@pytest.mark.parametrize("answers", [*SAMPLES.values(), {"preset": "lambda"}], ids=[*SAMPLES, "lambda"])
def test_the_plan_is_read_from_the_map(answers: dict[str, Any], tmp_path: Path) -> None:
    """Its step runs as it does in CI; what functions need is there only where there are some."""
    need("jq", "install jq")
    given = {**answers, "features": ["github-actions"]}
    files = renderer().render(given)
    workflow = files[".github/workflows/ci.yml"].text
    plan = documents(workflow)[0]["jobs"]["plan"]
    (script,) = (step["run"] for step in plan["steps"] if step.get("id") == "map")
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops" / "stack.json").write_bytes(files["ops/stack.json"].content)
    written = tmp_path / "output"
    subprocess.run(["bash", "-c", script], cwd=tmp_path, env={**os.environ, "GITHUB_OUTPUT": str(written)}, check=True)
    outputs = dict(line.split("=", 1) for line in written.read_text().splitlines())
    assert set(outputs) == set(plan["outputs"])
    stack = renderer().stack(given)
    assert json.loads(outputs["services"]) == [service.name for service in stack.services]
    functions = [service.name for service in stack.functions]
    assert json.loads(outputs.get("functions", "[]")) == functions
    assert ("function" in workflow) == bool(functions)
