"""What a project has no use for it does not get, and its own contract tests pass, with what people add to it as well."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from support.render import renderer, write
from support.rendered import FEW
from support.samples import SAMPLES
from support.strategies import Answers, answers
from support.tools import need

FUNCTION = {"preset": "lambda", "deploy": [], "features": []}
SMALL = {
    "one-function": FUNCTION,
    **{name: SAMPLES[name] for name in ("one-api", "one-site", "redis-only")},
}
# Contract tests that start nothing but make.
QUICK = [f"tests/contract/test_{name}.py" for name in ("docs", "map", "makefile")]


def contracts(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a project."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MAKE", "MFLAGS"))
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", SMALL)
def test_every_file_of_tests_has_something_to_test(name: str, tmp_path: Path) -> None:
    """A file in which nothing is left for this project would be dead."""
    files = renderer().render(SMALL[name])
    project = write(files, tmp_path)
    done = contracts(
        project,
        "--collect-only",
        *[folder for folder in ("tests/contract", "tests/integration") if (project / folder).is_dir()],
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = set(re.findall(r"^(\S+?\.py)::", done.stdout, re.MULTILINE))
    assert found == {
        path.removeprefix("tests/")
        for path in files
        if re.fullmatch(r"tests/(contract|integration)/test_\w+\.py", path)
    }, done.stdout


@given(answers(FEW))
def test_nobody_gets_what_has_no_use(given_: Answers) -> None:
    stack = renderer().stack(given_)
    services = tuple(f"{service.path}/" for service in stack.services)
    files = {path: file for path, file in renderer().render(given_).items() if not path.startswith(services)}
    wanted = {
        "compose.test.yaml": bool(stack.deployed),
        "tests/contract/test_compose_test.py": bool(stack.deployed),
        "tests/contract/test_compose_production.py": stack.compose,
        "tests/contract/test_kubernetes.py": stack.kubernetes,
        "tests/contract/test_workflows.py": stack.has("github-actions"),
        "tests/integration/test_services.py": bool(stack.deployed),
        "tests/integration/test_stores.py": bool(stack.stores),
        "tests/smoke/test_web.py": any(service.spec.role == "web" for service in stack.services),
    }
    assert {path: path in files for path in wanted} == wanted
    assert any(path.startswith("tests/integration/") for path in files) == bool(stack.deployed)
    # Whoever says nothing says nothing in so many words.
    said = [
        path
        for path, file in files.items()
        if path.endswith((".yaml", ".yml")) and re.search(r"^services: *\{\}", file.text, re.MULTILINE)
    ]
    assert not said


@pytest.mark.parametrize("name", SMALL)
def test_contracts_of_small_projects_are_kept(name: str, tmp_path: Path) -> None:
    files = renderer().render(SMALL[name])
    # kubectl has a test of its own, and Docker is for the engine's.
    kept = [path for path in files if re.fullmatch(r"tests/contract/test_(?!kubernetes|tools)\w+\.py", path)]
    done = contracts(write(files, tmp_path), *kept)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["ingress", "several"])
def test_contracts_of_kubernetes_are_kept(name: str, tmp_path: Path) -> None:
    need("kubectl", "install it to render the overlays")
    done = contracts(write(renderer().render(SAMPLES[name]), tmp_path), "tests/contract/test_kubernetes.py")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a task, a container and documentation of its owner's, where README.md says that they go."""
    project = write(renderer().render({"preset": "web"}), tmp_path_factory.mktemp("extended") / "project")
    (project / "local.mk").write_text(
        "MAIL := mailpit\n\n.PHONY: seed\nseed: ## Fill the database with examples\n\t@$(OPS) shell backend\n"
    )
    (project / "backend" / "local.mk").write_text(".PHONY: seed\nseed:\n\t@$(MAKE) -C $(ROOT) seed\n")
    (project / "compose.override.yaml").write_text(
        "services:\n  mail:\n    image: axllent/mailpit:v1.21\n    ports:\n"
        '      - "127.0.0.1:8025:8025"\n      - {target: 1025, published: 1026}\n  backend:\n    ports: !override []\n'
    )
    readme = project / "README.md"
    readme.write_text(
        readme.read_text()
        + "\n## Mail\n\n`make seed` fills it; what was sent is on <http://localhost:8025>, by localhost:1026.\n\n"
        + "```sh\nmake up seed\n```\n"
    )
    workflow = project / ".github" / "workflows" / "seed.yml"
    workflow.write_text("on: push\njobs:\n  seed:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make seed\n")
    return project


def test_contracts_are_kept_with_what_people_add(extended: Path) -> None:
    done = contracts(extended, *QUICK, "tests/contract/test_workflows.py")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_nobody_has_added_is_still_found(extended: Path) -> None:
    readme = extended / "README.md"
    before = readme.read_text()
    try:
        readme.write_text(f"{before}\n`make sow` and <http://localhost:8026>\n")
        done = contracts(extended, "tests/contract/test_docs.py")
    finally:
        readme.write_text(before)
    assert done.returncode == 1
    assert re.findall(r"^FAILED .*::(\w+)\[README.md\]", done.stdout, re.MULTILINE) == [
        "test_tasks_exist",
        "test_ports_are_those_of_the_map",
    ]
