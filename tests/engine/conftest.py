"""One generated project, built and started once for all tests that need a container engine.

They share it: a test that changes something puts it back. Everything that they make is named after
the project's slug, which no other project has, and is removed in the end.
"""

from __future__ import annotations

import functools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.build_secrets import BuildSecrets, build_secrets_of
from engine.commands import Done, run
from engine.measure import record
from engine.project import TAG, Environment, Project, generated
from support.ports import free_ports
from support.render import ROOT

HERE = Path(__file__).parent


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "engine: builds and runs a generated project; needs a container engine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the engine's tests together, in one worker, and skip them where they cannot run."""
    mine = [item for item in items if HERE in item.path.parents]
    missing = what_is_missing() if mine else None
    for item in mine:
        item.add_marker(pytest.mark.engine)
        if item.config.pluginmanager.hasplugin("xdist"):
            item.add_marker(pytest.mark.xdist_group("engine"))
        if missing:
            item.add_marker(pytest.mark.skip(reason=missing))


@functools.cache
def what_is_missing() -> str | None:
    """Return why nothing can be built or run here, in one sentence."""
    if not shutil.which("docker"):
        return "docker is not installed"
    for command in (["docker", "info"], ["docker", "buildx", "version"], ["docker", "compose", "version"]):
        if (done := run(*command)).code:
            return f"`{' '.join(command)}` failed: {done.output.strip().splitlines()[-1]}"
    pins = (ROOT / "extensions" / "images" / "Dockerfile").read_text()
    images = ["docker/dockerfile:1", *re.findall(r"^FROM (\S+)", pins, re.MULTILINE)]
    absent = [image for image in images if run("docker", "image", "inspect", image).code]
    if absent:
        return f"not on this machine (docker pull): {', '.join(absent)}"
    # The last one is a store's or a tool's: it has a shell.
    started = run("docker", "run", "--rm", "--init", images[-1], "true")
    return f"`docker run --init` failed: {started.output.strip().splitlines()[0]}" if started.code else None


@pytest.fixture(scope="session")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project with every default, whose ports are free on this machine."""
    with generated(template, tmp_path_factory.mktemp("engine") / "project", "test", {}) as made:
        yield made


@pytest.fixture(scope="session")
def build_secrets(project: Project, tmp_path_factory: pytest.TempPathFactory) -> BuildSecrets:
    """Return the secrets that both services' dependencies are installed with."""
    return build_secrets_of(project, tmp_path_factory.mktemp("secrets"))


@pytest.fixture(scope="session")
def cold_build(project: Project, build_secrets: BuildSecrets) -> Done:
    """Build the production images from nothing but what package managers have downloaded before."""
    done = project.bake("--no-cache", *build_secrets.arguments)
    record("build.cold", done.seconds, "s", services=2)
    return done


@pytest.fixture(scope="session")
def production_images(project: Project, cold_build: Done) -> dict[str, str]:
    """Return the production image of each service."""
    return {name: project.image(name) for name in project.services}


@pytest.fixture(scope="session")
def cold_development_build(project: Project, cold_build: Done, build_secrets: BuildSecrets) -> Done:
    """Build the development images on top of what the production images have left in the cache."""
    done = project.bake("development", *build_secrets.arguments)
    record("build.development", done.seconds, "s", services=2)
    return done


@pytest.fixture(scope="session")
def development_build(project: Project, cold_development_build: Done) -> Done:
    """Build what development runs, with Compose."""
    done = project.succeed("docker", "compose", "--progress", "plain", "build")
    record("build.compose.warm", done.seconds, "s", services=2)
    return done


@pytest.fixture(scope="session")
def development(project: Project, development_build: Done) -> Environment:
    """Return development, up and healthy; what is left of it goes with the project."""
    environment = Environment(project, project.slug, ("compose.yaml",), project.ports)
    record("up.development", environment.up().seconds, "s", volumes="fresh")
    return environment


@pytest.fixture(scope="session")
def production(project: Project, production_images: dict[str, str]) -> Environment:
    """Return production, up and healthy, with secrets of its own."""
    project.succeed("python3", "-m", "ops", "secrets")
    (port,) = free_ports(1)
    environment = Environment(
        project,
        f"{project.slug}-production",
        ("compose.prod.yaml",),
        {"frontend": port},
        {"TAG": TAG, "FRONTEND_HOST_PORT": str(port)},
    )
    record("up.production", environment.up().seconds, "s", volumes="fresh")
    return environment
