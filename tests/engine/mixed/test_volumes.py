"""What one service writes into a data volume, the others read from their own memory, and cannot change."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from engine.commands import run
from engine.mixed.stack import VOLUME
from engine.project import Environment, Project
from engine.web import ask, request
from support.waiting import until

# What a process has mapped from a file of the volume: its rights, and the file.
MAPPED = (
    "cat /proc/[0-9]*/maps 2>/dev/null | awk -v folder={folder}/ 'index($6, folder) == 1 {{print $2, $6}}' | sort -u"
)


class Sharing(NamedTuple):
    """Who uses the volume, and where it is in every container."""

    writer: str
    readers: list[str]
    folder: str


@pytest.fixture(scope="module")
def sharing(mixed: Project) -> Sharing:
    said: dict[str, Any] = json.loads(mixed.path("ops/stack.json").read_text())
    volume = said["volumes"][VOLUME]
    assert volume["readers"]
    return Sharing(volume["writer"], volume["readers"], said["services"][volume["writer"]]["volumes"][VOLUME]["path"])


def newest(environment: Environment, name: str) -> Any:
    answer = ask(environment.url(name, "/api/records?limit=1"))
    return answer.json()[0] if answer and answer.status == 200 and answer.json() else None


def test_what_is_written_is_read_by_all(running: Environment, sharing: Sharing) -> None:
    written = request(running.url(sharing.writer, "/api/records"), "POST", {"value": 19.5})
    assert written.status == 201, written.body
    for name in sharing.readers:
        until(f"{name} shows the record", lambda name=name: newest(running, name) == written.json())  # type: ignore[misc]


def test_the_data_is_mapped_into_memory(running: Environment, sharing: Sharing) -> None:
    mapped = {
        name: running.exec(name, "sh", "-c", MAPPED.format(folder=sharing.folder)).split()
        for name in (sharing.writer, *sharing.readers)
    }
    assert mapped[sharing.writer][0] == "rw-s"
    for name in sharing.readers:
        assert mapped[name] == ["r--s", mapped[sharing.writer][1]]


def test_a_reader_cannot_write(running: Environment, sharing: Sharing) -> None:
    running.exec(sharing.writer, "sh", "-c", f"touch {sharing.folder}/mine && rm {sharing.folder}/mine")
    for name in sharing.readers:
        done = run("docker", "exec", running.container(name)["Id"], "touch", f"{sharing.folder}/mine")
        assert done.code
        assert "Read-only file system" in done.output
        assert request(running.url(name, "/api/records"), "POST", {"value": 1}).status in (404, 405)


def test_production_shares_it_the_same_way(closed: Environment, sharing: Sharing) -> None:
    mounts = {
        name: [mount["RW"] for mount in closed.container(name)["Mounts"] if mount["Destination"] == sharing.folder]
        for name in (sharing.writer, *sharing.readers)
    }
    assert mounts == {sharing.writer: [True], **{name: [False] for name in sharing.readers}}
    written = request(closed.url(sharing.writer, "/api/records"), "POST", {"value": -2.25})
    assert written.status == 201, written.body
    for name in sharing.readers:
        until(f"{name} shows the record", lambda name=name: newest(closed, name) == written.json())  # type: ignore[misc]
