"""The tools themselves read every file, and see in it what the map says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import pytest

from ops.compose import environments, project
from tests.support.repository import ROOT, SERVICES, STACK

# Without --file, Buildx would mix in what compose.yaml says about the same names.
BAKE = ("docker", "buildx", "bake", "--file", "docker-bake.hcl", "--print")


def _run(*command: str, **variables: str) -> str:
    if shutil.which(command[0]) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{command[0]} is not installed")
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("environment", environments())
def test_compose_reads_its_files(environment: str) -> None:
    _run(*project(environment).command("--profile", "*", "config", "--quiet"), TAG="1.2.3")


@pytest.fixture(scope="module")
def bake() -> Any:
    """The build graph as Buildx reads it."""
    return json.loads(_run(*BAKE, "default", "development", TAG="1.2.3", REGISTRY=STACK["registry"]))["target"]


@pytest.mark.parametrize("service", SERVICES)
def test_bake_builds_the_images_that_compose_runs(service: str, bake: Any) -> None:
    production, development = bake[service], bake[f"{service}-development"]
    image = SERVICES[service]["image"]
    assert production["context"] == development["context"] == SERVICES[service]["path"]
    assert production["tags"] == [f"{STACK['registry']}/{image}:1.2.3"]
    assert development["tags"] == [f"{image}:development"]
    assert (production["target"], development["target"]) == ("production", "development")


def test_bake_publishes_for_every_platform() -> None:
    published = json.loads(_run(*BAKE, PUBLISH="true"))["target"]
    assert [published[service]["platforms"] for service in SERVICES] == [STACK["platforms"]] * len(SERVICES)
