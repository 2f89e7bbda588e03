"""Workflows and Dependabot name what there is."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

import pytest

from ops.__main__ import names
from tests.contract.test_makefile import TASKS
from tests.support.repository import ROOT, SERVICES, STACK, data, text

if "github-actions" not in STACK["features"]:
    pytest.skip("this repository has no workflows", allow_module_level=True)

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))


def test_there_are_workflows() -> None:
    assert WORKFLOWS


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_tasks_and_commands_exist(workflow: Path) -> None:
    source = workflow.read_text(encoding="utf-8")
    assert {*re.findall(r"(?:run: |^\s+|&& )make ([a-z][a-z-]*)", source, re.MULTILINE)} <= {*TASKS}
    assert {*re.findall(r"-m ops ([a-z]+)", source)} <= {*names()}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_files_exist(workflow: Path) -> None:
    source = workflow.read_text(encoding="utf-8")
    named = set(
        re.findall(r"\bcompose(?:\.[a-z]+)?\.yaml\b|\bdocker-bake\.hcl\b|\b(?:ops|tests|deploy)/[\w./-]+\w", source)
    )
    assert not [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)", workflow.read_text(encoding="utf-8"))
    assert not [action for action in used if not action.startswith("./") and not re.search(r"@[0-9a-f]{40}$", action)]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_images_are_pushed_where_the_map_says(workflow: Path) -> None:
    pushed = re.findall(r"(?:REGISTRY|registry): ([a-z0-9.:/-]+)$", text(str(workflow.relative_to(ROOT))), re.MULTILINE)
    assert set(pushed) <= {STACK["registry"], STACK["registry"].partition("/")[0]}


@pytest.mark.parametrize("service", SERVICES)
def test_dependabot_watches_each_service(service: str) -> None:
    updates = data(".github/dependabot.yml")["updates"]
    folders = [folder for update in updates for folder in update.get("directories", [update.get("directory")])]
    assert any(fnmatch.fnmatch(f"/{SERVICES[service]['path']}", folder.rstrip("/")) for folder in folders)
