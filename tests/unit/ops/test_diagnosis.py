from __future__ import annotations

from typing import Any

import pytest
from ops import diagnosis
from ops.compose import Project
from ops.containers import Container, Death

DEVELOPMENT = Project("development", ("compose.yaml",))
PRODUCTION = Project("production", ("compose.prod.yaml",))


def container(service: str = "api", **given: Any) -> Container:
    """A container that runs and is healthy, but for what is given."""
    well: dict[str, Any] = {
        "id": service, "service": service, "status": "running", "exit_code": 0, "oom_killed": False, "error": "",
        "restarts": 0, "health": "healthy", "last_check": None, "memory": 0, "waits_for": (), "ports": frozenset(),
    }  # fmt: skip
    return Container(**{**well, **given})


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that says what is found for containers, some of which have ended before."""

    def tell(*containers: Container, project: Project = DEVELOPMENT, ends: dict[str, Death] | None = None) -> list[str]:
        monkeypatch.setattr(diagnosis, "name_of", lambda _: "demo")
        monkeypatch.setattr(diagnosis, "of_project", lambda _: list(containers))
        monkeypatch.setattr(diagnosis, "deaths", lambda _: ends or {})
        monkeypatch.setattr(diagnosis, "log", lambda *_: ["its last words"])
        return [f"{f.level} {f.subject}: {f.what} → {f.remedy}" for f in diagnosis.diagnose(project)]

    return tell


@pytest.mark.parametrize(
    "well",
    [
        container(),
        container(health=None),
        container(status="exited", health=None),
        container(status="created", health=None),
        container(status="paused", health=None),
    ],
    ids=["healthy", "without a check", "done", "not told to run", "paused"],
)
def test_nothing_is_said_of_what_is_well(told: Any, well: Container) -> None:
    assert told(well) == []


@pytest.mark.parametrize(
    ("ill", "said"),
    [
        (container(status="exited", exit_code=2), ["exit code 2 (it refuses its settings)", "set what it names"]),
        (container(status="exited", exit_code=9), ["exit code 9 →", "make logs service=api"]),
        (container(status="exited", exit_code=137), ["exit code 137 (it was killed)"]),
        (
            container(status="exited", exit_code=137, oom_killed=True, memory=64 * 1024**2),
            ["more memory than its limit of 64 MiB", "compose.override.yaml"],
        ),
        (container(health="unhealthy", last_check="exit code 1: no"), ["its health check fails (exit code 1: no)"]),
        (container(health="starting"), ["warning api: it is not healthy yet", "it has not run yet"]),
        (
            container(error="driver failed: endpoint api_1 (0a1b): bind: address already in use"),
            ["could not start it: bind: address already in use", "make doctor"],
        ),
        (
            container(error='runc: unable to start container process: exec: "x": executable file not found in $PATH'),
            ['could not start it: exec: "x"', "make rebuild service=api"],
        ),
    ],
)
def test_what_is_ill_is_explained(told: Any, ill: Container, said: list[str]) -> None:
    (finding,) = told(ill)
    for text in said:
        assert text in finding


def test_what_restarts_over_and_over_is_explained_by_its_last_end(told: Any) -> None:
    again = container(status="restarting", restarts=4, health=None, memory=128 * 1024**2)
    (finding,) = told(again, ends={"api": Death(1, oom_killed=False)})
    assert "exit code 1, 4 times over" in finding
    (finding,) = told(again, ends={"api": Death(137, oom_killed=True)})
    assert "killed, 4 times over: it needed more memory than its limit of 128 MiB" in finding


def test_what_waits_names_what_for(told: Any) -> None:
    waiting = container("web", status="created", health=None, waits_for=("api", "db"))
    cause = container("db", status="exited", exit_code=1)
    assert [finding.partition(" →")[0] for finding in told(waiting, cause)] == [
        "error db: it stopped with exit code 1",
        "warning web: it waits for db",
    ]


def test_commands_for_production_need_no_version(told: Any) -> None:
    (finding,) = told(container(status="exited", exit_code=1), project=PRODUCTION)
    assert finding.endswith("more: make logs environment=production service=api")
