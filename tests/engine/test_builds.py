"""A build does what it must, and no more."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from engine.buildlog import executed, steps
from engine.commands import Done, docker, run
from engine.measure import record
from engine.project import Project

SERVICES = ("backend", "frontend")
# What is part of each service's source, and a change of it.
SOURCES = {
    "backend": ("backend/app/main.py", ("\n", "\n# {}\n")),
    "frontend": ("frontend/src/product.ts", ("My App", "My App {}")),
}
# What says which packages a service has; a change leaves them as they are.
LOCKS = {
    "backend": ("backend/requirements.txt", ("# This file", "# {}\n# This file")),
    "frontend": ("frontend/package-lock.json", ('"requires": true', '"requires": true,\n  "comment": "{}"')),
}


def layers(image: str) -> list[str]:
    found: list[str] = json.loads(docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", image))
    return found


def never_built(change: tuple[str, str]) -> tuple[str, str]:
    """Return a change that no cache has seen."""
    return change[0], change[1].format(uuid.uuid4().hex)


def test_a_build_without_cache_runs_everything(cold_build: Done) -> None:
    commands = [step for step in steps(cold_build.output) if step.command.startswith(("RUN ", "COPY "))]
    assert {step.target for step in commands} == set(SERVICES)
    assert not [step for step in commands if step.cached]
    assert cold_build.seconds < 600


def test_a_second_build_runs_nothing(project: Project, cold_build: Done) -> None:
    done = project.bake()
    record("build.warm", done.seconds, "s", services=2, cached=len(steps(done.output)))
    assert executed(done.output) == []
    assert done.seconds < 30


@pytest.mark.parametrize("service", SERVICES)
def test_a_change_of_code_installs_nothing(project: Project, cold_build: Done, service: str) -> None:
    file, change = SOURCES[service]
    with project.changed(file, never_built(change)):
        done = project.bake(service, tag="code")
    ran = executed(done.output)
    all_steps = steps(done.output)
    installed = [step for step in all_steps if step.stage == "dependencies"]
    assert installed
    assert [step for step in installed if not step.cached] == []
    assert {step.stage for step in ran} == {"builder", "production"}
    before, after = layers(project.image(service)), layers(project.image(service, "code"))
    kept = len(set(before) & set(after)) / len(after)
    record(f"build.code.{service}", done.seconds, "s", ran=[step.command for step in ran])
    record(f"build.code.{service}.layers_kept", kept, "ratio", layers=len(after))
    assert before != after
    assert len(set(after) - set(before)) == 1, "more than the layer with the code has changed"
    assert done.seconds < 30


@pytest.mark.parametrize("service", SERVICES)
def test_a_change_of_dependencies_runs_from_their_layer_on(project: Project, cold_build: Done, service: str) -> None:
    file, change = LOCKS[service]
    with project.changed(file, never_built(change), *without(project.path(file).read_text(), "python-dotenv")):
        done = project.bake(service, tag="dependencies")
    record(f"build.dependencies.{service}", done.seconds, "s")
    ran = executed(done.output)
    assert ran[0].stage == "dependencies"
    assert not [step for step in ran if step.stage == "base"], "what comes before the dependencies ran again"
    if service == "backend":
        # … and the image has what the lock file names: nothing is left of what was there before.
        asked = ("python", "-c", "import dotenv")
        assert run("docker", "run", "--rm", project.image(service), *asked).code == 0
        assert (
            "ModuleNotFoundError" in run("docker", "run", "--rm", project.image(service, "dependencies"), *asked).output
        )


def without(lock: str, package: str) -> list[tuple[str, str]]:
    """Return the replacement that takes a package out of Python's lock file, where it is in it."""
    return [(entry[0], "") for entry in re.finditer(rf"^{package}==.*\n(?:    .*\n)*", lock, re.MULTILINE)]


def test_compose_and_bake_build_the_same_images(project: Project, cold_build: Done, development_build: Done) -> None:
    baked = {name: f"{project.slug}-{name}:baked" for name in SERVICES}
    project.bake("development", *(f"--set={name}-development.tags={tag}" for name, tag in baked.items()))
    project.succeed("docker", "compose", "--file", "compose.test.yaml", "build", *SERVICES)
    for name in SERVICES:
        assert layers(f"{project.slug}-{name}:development") == layers(baked[name])
        assert layers(f"{project.slug}-{name}:test") == layers(project.image(name))
