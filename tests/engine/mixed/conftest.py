"""A project with a service of every kind, which all tests here share.

Nothing here names a kind: what they are made of comes from their descriptions, so that a new one is
built, started and measured as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.commands import Done
from engine.measure import record
from engine.mixed.stack import NAMES, libraries, services
from engine.project import TAG, Environment, Project, generated, give_secrets
from support.ports import free_ports


@pytest.fixture(scope="session")
def mixed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return the project, with ports that are free on this machine."""
    data = {"preset": "custom", "services": services(), "libraries": libraries()}
    with generated(template, tmp_path_factory.mktemp("mixed") / "project", "mixed", data) as made:
        yield made


@pytest.fixture(scope="session")
def built(mixed: Project) -> Done:
    """Build every production image."""
    done = mixed.bake(seconds=1500)
    record("mixed.build", done.seconds, "s", services=len(NAMES))
    return done


@pytest.fixture(scope="session")
def running(mixed: Project, built: Done) -> Environment:
    """Return development, up and healthy."""
    mixed.succeed("docker", "compose", "--progress", "plain", "build", seconds=1500)
    environment = Environment(mixed, mixed.slug, ("compose.yaml",), mixed.ports)
    done = environment.compose("up", "--detach", "--wait", "--wait-timeout", "300", seconds=400)
    record("mixed.up.development", done.seconds, "s", services=len(NAMES))
    return environment


@pytest.fixture(scope="session")
def closed(mixed: Project, built: Done) -> Environment:
    """Return production, up and healthy, with secrets of its own; every service is published to be asked."""
    give_secrets(mixed)
    known = {name: item for name, item in mixed.services.items() if item["deployed"]}
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
