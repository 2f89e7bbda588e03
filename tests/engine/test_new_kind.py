"""A kind that is added by one folder and one description is built and runs like any other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.project import STRANGER, Environment, Project, remove
from engine.web import ask
from support import copying, plain_kind
from support.ports import free_ports
from support.waiting import until

SERVICES = f"api:fastapi > old, old:{plain_kind.NAME}, other:{plain_kind.NAME}"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project with two services of the new kind, one of which another service needs."""
    slug = f"slipway-kind-{uuid.uuid4().hex[:8]}"
    template = plain_kind.extended(tmp_path_factory.mktemp("extended") / "slipway")
    data = {"project_slug": slug, "preset": "custom", "services": SERVICES}
    folder = copying.copy(template, tmp_path_factory.mktemp("kind") / "project", data)
    try:
        yield Project(folder, slug, STRANGER)
    finally:
        remove(slug)


def test_it_is_linted(repository: Project) -> None:
    assert " passed" in repository.make("contract").output
    checked = repository.succeed(
        "docker", "buildx", "bake", "--file", "docker-bake.hcl", "--progress", "quiet", "--check", "default"
    )
    assert "WARNING" not in checked.output


def test_it_is_built_and_what_needs_it_finds_it(repository: Project) -> None:
    repository.bake("old", "other")
    api, debugger, old, old_debugger = free_ports(4)
    lines = [
        f"API_HOST_PORT={api}",
        f"API_DEBUG_PORT={debugger}",
        f"OLD_HOST_PORT={old}",
        f"OLD_DEBUG_PORT={old_debugger}",
    ]
    (repository.folder / ".env").write_text("\n".join([*lines, ""]))
    environment = Environment(repository, repository.slug, ("compose.yaml",), {"api": api, "old": old})
    environment.compose("up", "--detach", "--wait", "--wait-timeout", "180", "api")
    try:
        answer, _ = until("the new kind's health", lambda: ask(environment.url("old", "/health")))
        assert answer.json()["status"] == "ok"
        assert environment.exec("api", "python", "-c", ASK).strip() == "200"
    finally:
        environment.compose("down", "--volumes")


ASK = "import os, urllib.request; print(urllib.request.urlopen(os.environ['OLD_URL'] + '/health').status)"


def test_the_rest_of_the_template_is_as_it_was(repository: Project, tmp_path: Path) -> None:
    """Adding it changed no file outside of its folder and its description."""
    added = plain_kind.extended(tmp_path / "extended")
    plain = copying.clone_files(tmp_path / "plain")
    before, after = ({path.relative_to(root) for path in root.rglob("*")} for root in (plain, added))
    assert {path.parts[:2] for path in after - before} == {
        ("extensions", "kinds"),
        ("template", next(path.parts[1] for path in after - before if path.parts[0] == "template")),
    }
    shared = [path for path in before & after if (plain / path).is_file()]
    assert all((plain / path).read_bytes() == (added / path).read_bytes() for path in shared)
