"""A project with a service of every kind, which all tests here share.

Nothing here names a kind: what they are made of comes from their descriptions, so that a new one is
built, started and measured as soon as it is there.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.commands import Done
from engine.measure import record
from engine.mixed.stack import NAMES, libraries, services
from engine.project import STRANGER, TAG, Environment, Project, free_ports, remove
from support import copying


@pytest.fixture(scope="session")
def mixed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return the project, with ports that are free on this machine."""
    slug = f"slipway-mixed-{uuid.uuid4().hex[:8]}"
    data = {"project_slug": slug, "preset": "custom", "services": services(), "libraries": libraries()}
    folder = copying.copy(template, tmp_path_factory.mktemp("mixed") / "project", data)
    user = STRANGER if os.getuid() == 0 else (os.getuid(), os.getgid())
    example = (folder / ".env.example").read_text()
    variables = [line[1:].partition("=")[0] for line in example.splitlines() if "_PORT=" in line and line[0] == "#"]
    variables = [name for name in variables if name.endswith(("_HOST_PORT", "_DEBUG_PORT"))]
    ports = free_ports(len(variables))
    (folder / ".env").write_text("".join(f"{name}={port}\n" for name, port in zip(variables, ports, strict=True)))
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, *user)
    project = Project(folder, slug, user)
    try:
        yield project
    finally:
        remove(slug)


@pytest.fixture(scope="session")
def built(mixed: Project) -> Done:
    """Build every production image."""
    done = mixed.bake(seconds=1500)
    record("mixed.build", done.seconds, "s", services=len(NAMES))
    return done


@pytest.fixture(scope="session")
def running(mixed: Project, built: Done) -> Environment:
    """Return development, up and healthy."""
    values = dict(line.split("=") for line in mixed.path(".env").read_text().splitlines())
    known = mixed.services
    ports = {name: int(values[item["host_port_variable"]]) for name, item in known.items()}
    ports |= {
        f"{name} debugger": int(values[item["debug_port_variable"]])
        for name, item in known.items()
        if item["debug_port_variable"]
    }
    mixed.succeed("docker", "compose", "--progress", "plain", "build", seconds=1500)
    environment = Environment(mixed, mixed.slug, ("compose.yaml",), ports)
    done = environment.compose("up", "--detach", "--wait", "--wait-timeout", "300", seconds=400)
    record("mixed.up.development", done.seconds, "s", services=len(NAMES))
    return environment


@pytest.fixture(scope="session")
def closed(mixed: Project, built: Done) -> Environment:
    """Return production, up and healthy, with secrets of its own; every service is published to be asked."""
    mixed.run("python3", "-m", "ops", "secrets")
    known = {name: item for name, item in mixed.services.items() if item["deployed"]}
    for name, item in _secrets(mixed).items():
        if not item["generated"]:
            mixed.path(f"secrets/{name}").write_text("a-key-that-somebody-gave")
    ports = dict(zip(known, free_ports(len(known)), strict=True))
    override = mixed.path("compose.published.yaml")
    lines = [f'  {name}: {{ports: !override ["127.0.0.1:{ports[name]}:{known[name]["port"]}"]}}' for name in known]
    override.write_text("\n".join(["services:", *lines, ""]))
    environment = Environment(
        mixed,
        f"{mixed.slug}-production",
        ("compose.prod.yaml", "compose.published.yaml"),
        ports,
        {"TAG": TAG},
    )
    done = environment.compose("up", "--detach", "--wait", "--wait-timeout", "300", seconds=400)
    record("mixed.up.production", done.seconds, "s", services=len(known))
    return environment


def _secrets(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(project.path("ops/stack.json").read_text())["secrets"]
    return found
