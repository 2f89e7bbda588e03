"""Every kind's image is built in layers that a change of source leaves alone, and holds only what runs."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from engine import filesystem
from engine.buildlog import executed, steps
from engine.commands import Done
from engine.filesystem import Image
from engine.measure import record
from engine.mixed.sources import changed_source
from engine.mixed.stack import NAMES
from engine.project import Project
from engine.test_images import EVERYBODYS, TOOLS, base_of, shown
from support.catalog import catalog

pytestmark = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def images(mixed: Project, built: Done, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image]:
    """Every production image, read."""
    return {
        name: filesystem.read(mixed.image(name), base_of(mixed.path(item["path"])), tmp_path_factory.mktemp("images"))
        for name, item in mixed.services.items()
    }


def test_a_change_of_code_installs_nothing(mixed: Project, built: Done, name: str) -> None:
    with changed_source(mixed, name):
        done = mixed.bake(name, tag="code")
    installed = [step for step in steps(done.output) if step.stage == "dependencies"]
    record(f"mixed.build.code.{name}", done.seconds, "s", executed=len(executed(done.output)))
    assert installed
    assert all(step.cached for step in installed), [step.command for step in installed if not step.cached]
    assert {step.stage for step in executed(done.output)} <= {"builder", "production"}


def test_it_is_small(mixed: Project, images: dict[str, Image], name: str) -> None:
    image = images[name]
    added = sum(image.sizes[image.base_layers :]) / 1e6
    record(f"mixed.image.{name}", sum(image.sizes) / 1e6, "MB", added=round(added, 2), files=len(image.own))
    assert added < catalog().kinds[mixed.services[name]["kind"]].image_size


def test_its_user_is_a_number_and_owns_nothing(mixed: Project, images: dict[str, Image], name: str) -> None:
    image = images[name]
    uid, gid = image.user
    assert uid == gid == mixed.services[name]["uid"]
    data = tuple(volume["path"] for volume in mixed.services[name]["volumes"].values())
    own = [entry for entry in image.own if entry.path not in data]
    assert shown(entry for entry in own if entry.writable_by(uid, gid)) == []
    writable = {entry.path for entry in image.files.values() if entry.writable_by(uid, gid)} - set(data)
    outermost = {
        path for path in writable if not any(str(parent) in writable for parent in PurePosixPath(path).parents)
    }
    # Distroless gives its own user a home.
    assert outermost <= {*EVERYBODYS, "/home/nonroot"}


def test_it_adds_only_what_runs(images: dict[str, Image], name: str) -> None:
    image = images[name]
    assert shown(entry for entry in image.own if TOOLS.search(entry.path) and entry.kind != "folder") == []
    assert shown(entry for entry in image.own if entry.executable and not entry.program) == []
    assert shown(entry for entry in image.own if entry.kind == "file" and entry.mode & 0o7000) == []
