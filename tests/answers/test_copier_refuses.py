"""Copier, run for real, refuses what the model refuses, and leaves nothing behind."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from copier.errors import UserMessageError

from answers.table import TABLE
from support.catalog import refusals
from support.copying import copy

# Every tenth row reaches each group of the table.
SAMPLE = TABLE[::10]


def test_the_sample_is_large() -> None:
    assert len(SAMPLE) >= 40


@pytest.mark.parametrize(("given", "fragment"), SAMPLE, ids=[f"{n * 10}" for n in range(len(SAMPLE))])
def test_data_is_refused(given: dict[str, Any], fragment: str, template: Path, tmp_path: Path) -> None:
    with pytest.raises(UserMessageError) as caught:
        copy(template, tmp_path / "project", given)
    assert fragment in str(caught.value)
    assert not (tmp_path / "project").exists()


def test_all_that_is_wrong_is_said_at_once(template: Path, tmp_path: Path) -> None:
    given = {"owner": "-", "registry": "https://x", "services": "a:fastpai", "colour": "red"}
    with pytest.raises(UserMessageError) as caught:
        copy(template, tmp_path / "project", given)
    assert str(caught.value).splitlines() == refusals({**given, "preset": "web"})


COMMANDS = [
    (
        ["-d", "services=api:fastpai"],
        "services: 'api': unknown kind 'fastpai'; did you mean 'fastapi'?; known are ",
    ),
    (["-d", "registry=https://ghcr.io"], "without https://"),
    (["-d", "platforms=[linux/amd64"], "platforms: '[linux/amd64' is not YAML"),
    (["-d", "deploy=kubernetes"], "deploy: 'kubernetes' is not a valid deploy; use a list of"),
    (
        ["-d", "preset=custom", "-d", "services=[{name: api, kind: fastapi, port: 80}]"],
        "the number 80 is not a valid port",
    ),
    (["-d", "libraries=2026-99-99"], "libraries: '2026-99-99' is not YAML"),
    # Bad only beside the default of an answer that is not given
    (
        ["-d", "preset=custom", "-d", "services=[{name: api, kind: fastapi, libraries: [common]}]"],
        "services: 'api' uses the library 'common', unknown to `libraries`; name it there, with its kind",
    ),
    (
        ["-d", "preset=platform", "-d", "libraries=[]"],
        "'provider' uses the library 'common' (from the preset platform)",
    ),
]


@pytest.mark.parametrize(("arguments", "fragment"), COMMANDS, ids=[row[0][-1] for row in COMMANDS])
def test_the_command_ends_with_the_sentence(
    arguments: list[str], fragment: str, template: Path, tmp_path: Path
) -> None:
    target = tmp_path / "project"
    done = subprocess.run(
        [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", *arguments, str(template), str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert fragment in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not target.exists()


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("project_name: no\n", "project_name: the yes/no value false"),
        ("owner: 1.0\n", "owner: the number 1.0"),
        ("domain: 2026-01-01\n", "domain: the date 2026-01-01"),
        ("services:\n  - {name: on, kind: fastapi}\n", "the yes/no value true"),
        ("services:\n  - {name: api, kind: fastapi, port: 0100}\n", "the number 64"),
        ("services:\n  - name: api\n    kind: fastapi\n    env: {DEBUG: yes}\n", "the yes/no value true"),
        ("registry: null\n", "registry: nothing"),
    ],
)
def test_data_files_are_refused(text: str, fragment: str, template: Path, tmp_path: Path) -> None:
    data = tmp_path / "answers.yml"
    data.write_text(text)
    with pytest.raises(UserMessageError, match=re.escape(fragment)):
        copy(template, tmp_path / "project", yaml.safe_load(data.read_text()))
    assert not (tmp_path / "project").exists()


def test_recorded_answers_are_refused_rather_than_replaced(template: Path, tmp_path: Path) -> None:
    project = copy(template, tmp_path / "project")
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    file = project / ".copier-answers.yml"
    file.write_text(f"_src_path: {template}\nservices: api:fastpai\n")
    before[file] = file.read_bytes()
    with pytest.raises(UserMessageError, match="unknown kind 'fastpai'"):
        copier.run_copy(str(template), project, defaults=True, unsafe=True, quiet=True, overwrite=True)
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
