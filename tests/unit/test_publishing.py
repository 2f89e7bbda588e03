"""The step of the workflow that moves tags, run with stand-ins for the registry and for GitHub."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from support.render import renderer
from support.tools import need

OURS, NEWER = "a" * 40, "b" * 40


def move(folder: Path, newest: str) -> str:
    """Return the commands that the step gives the engine, when `newest` is the newest commit of main."""
    workflow = yaml.safe_load(renderer().render({"preset": "web"})[".github/workflows/ci.yml"].text)
    (script,) = [step["run"] for step in workflow["jobs"]["publish"]["steps"] if "imagetools" in step.get("run", "")]
    said = folder / "said"
    for name, does in {
        "gh": f"echo {newest}",
        "jq": "echo registry.example/demo-api",
        "docker": f'echo "$*" >> {said}',
        "sleep": ":",
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    given = {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_REPOSITORY": "acme/demo",
        "GITHUB_REF_NAME": "main",
        "SERVICE": "api",
        "TAG": OURS,
    }
    bash = need("bash", "the workflow's shell")
    subprocess.run([bash, "-eo", "pipefail", "-c", script], env=given, check=True)
    return said.read_text() if said.exists() else ""


@pytest.mark.parametrize("newest", [OURS, NEWER])
def test_only_the_newest_commit_is_the_latest(tmp_path: Path, newest: str) -> None:
    image = "registry.example/demo-api"
    moved = f"buildx imagetools create --tag={image}:main --tag={image}:latest {image}:{OURS}\n"
    assert move(tmp_path, newest) == (moved if newest == OURS else "")


def test_no_push_takes_the_place_of_another_one_that_waits() -> None:
    """Of a group, one run waits at most: the next one cancels it."""
    workflow = yaml.safe_load(renderer().render({"preset": "web"})[".github/workflows/ci.yml"].text)
    assert "github.event_name == 'push' && github.sha" in workflow["concurrency"]["group"]
