"""Every kind starts, answers, reloads and stops as it promises."""

from __future__ import annotations

import json
import re
import time
import uuid
from pathlib import PurePosixPath

import pytest

from engine.commands import docker
from engine.measure import record
from engine.mixed.sources import COMMENTS, source_of
from engine.mixed.stack import NAMES
from engine.project import Environment, Project
from engine.web import ask, request
from support.catalog import catalog
from support.waiting import slowness, until

SERVERS = [name for name, kind in zip(NAMES, catalog().kinds.values(), strict=True) if kind.role != "function"]
MEASURED = [
    name
    for name, kind in zip(NAMES, catalog().kinds.values(), strict=True)
    if kind.role != "function" and kind.health.metrics
]


def started(running: Environment, name: str) -> float | None:
    """Return when the process of a service was started, as its metrics say."""
    answer = ask(running.url(name, "/metrics"))
    found = re.search(r"^process_start_time_seconds (\S+)", answer.text, re.MULTILINE) if answer else None
    return float(found[1]) if found else None


@pytest.mark.parametrize("name", SERVERS)
def test_it_answers_quickly_and_has_all_that_it_needs(running: Environment, mixed: Project, name: str) -> None:
    health = mixed.services[name]["health"]
    assert request(running.url(name, health["live"])).json()["status"] == "ok"
    before = time.perf_counter()
    request(running.url(name, health["live"]))
    latency = time.perf_counter() - before
    record(f"mixed.health.{name}", latency * 1000, "ms")
    assert latency < 1
    ready = request(running.url(name, health["ready"]))
    assert ready.status == 200, ready.body
    if mixed.services[name]["role"] != "web":
        assert set(mixed.services[name]["needs"]) <= set(ready.json()["checks"])


@pytest.mark.parametrize("name", MEASURED)
def test_a_saved_file_is_served_soon(running: Environment, mixed: Project, name: str) -> None:
    before = started(running, name)
    assert before
    file = source_of(mixed, name)
    comment = COMMENTS[PurePosixPath(file).suffix].format(uuid.uuid4().hex)
    with mixed.changed(file, append=comment):
        _, seconds = until("a new process", lambda: started(running, name) not in (None, before), seconds=120)
    record(f"mixed.reload.{name}", seconds, "s")
    limit = 30 if mixed.services[name]["language"] == "rust" else 2
    assert seconds < limit * slowness() * 1.5
    # It is started once more for the file as it was.
    until("a healthy answer", lambda: ask(running.url(name, mixed.services[name]["health"]["live"])), seconds=120)


@pytest.mark.parametrize("name", SERVERS)
def test_production_is_healthy_with_everything_closed(closed: Environment, mixed: Project, name: str) -> None:
    container = closed.container(name)
    assert container["HostConfig"]["ReadonlyRootfs"] is True
    assert container["HostConfig"]["CapDrop"] == ["ALL"]
    health = mixed.services[name]["health"]

    def ready() -> bool:
        answer = ask(closed.url(name, health["ready"]))
        return answer is not None and answer.status == 200 and answer.json()["status"] == "ok"

    until("readiness", ready)


@pytest.mark.parametrize("name", SERVERS)
def test_it_logs_json_without_secrets(closed: Environment, mixed: Project, name: str) -> None:
    request(closed.url(name, "/api/there-is-no-such-thing"))
    lines = [line for line in docker("logs", closed.container(name)["Id"]).splitlines() if line.strip()]
    objects = [json.loads(line) for line in lines if line.startswith("{")]
    assert objects, lines[-3:]
    secrets = [file.read_text() for file in mixed.path("secrets").iterdir()]
    assert not [secret for secret in secrets for line in lines if secret in line]


@pytest.mark.parametrize("name", SERVERS)
def test_it_stops_when_it_is_told_to(closed: Environment, name: str) -> None:
    before = time.perf_counter()
    closed.compose("stop", "--timeout", "20", name)
    seconds = time.perf_counter() - before
    state = closed.container(name)["State"]
    record(f"mixed.stop.{name}", seconds, "s", code=state["ExitCode"])
    assert seconds < 12
    assert state["ExitCode"] in (0, 143)
    begun = time.perf_counter()
    closed.compose("start", name)
    health = "/health"
    until("an answer", lambda: ask(closed.url(name, health)), seconds=30)
    record(f"mixed.start.{name}", time.perf_counter() - begun, "s")
