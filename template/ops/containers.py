"""The containers of a project: what state they are in, and why one is not well."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ops.process import run

# What an exit code says, by convention of shells, the engine and our services.
EXIT_CODES = {
    1: "an error",
    2: "settings that it refuses",
    126: "a command that cannot be executed",
    127: "a command that does not exist",
    137: "a kill",
    139: "a crash (segmentation fault)",
    143: "a stop",
}


class Container(NamedTuple):
    """One container as the engine sees it; `memory` is its limit in bytes, 0 for none."""

    id: str
    service: str
    status: str
    exit_code: int
    oom_killed: bool
    error: str
    restarts: int
    health: str | None
    last_check: str | None
    memory: int
    waits_for: dict[str, str]


def of_project(name: str) -> list[Container]:
    """Return the containers of a Compose project, stopped ones too, in the order of their services."""
    ids = run(["docker", "ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={name}"]).out.split()
    if not ids:
        return []
    inspected = run(["docker", "inspect", *ids])
    found = [_container(item) for item in json.loads(inspected.out or "[]") if not _one_off(item)]
    return sorted(found, key=lambda container: container.service)


def log(container: str, lines: int) -> list[str]:
    """Return the last lines that a container printed."""
    return run(["docker", "logs", "--tail", str(lines), container], seconds=20, merged=True).out.splitlines()[-lines:]


def _one_off(item: dict[str, Any]) -> bool:
    """`docker compose run` makes these; they come and go."""
    return str(item["Config"]["Labels"].get("com.docker.compose.oneoff")) == "True"


def _container(item: dict[str, Any]) -> Container:
    state = item["State"]
    health = state.get("Health") or {}
    checks = health.get("Log") or []
    labels = item["Config"]["Labels"]
    needs = [part.split(":") for part in labels.get("com.docker.compose.depends_on", "").split(",") if part]
    return Container(
        id=item["Id"],
        service=labels.get("com.docker.compose.service", item["Name"].lstrip("/")),
        status=state["Status"],
        exit_code=state["ExitCode"],
        oom_killed=state["OOMKilled"],
        error=state["Error"],
        restarts=item["RestartCount"],
        health=health.get("Status"),
        last_check=_last_check(checks[-1]) if checks else None,
        memory=item["HostConfig"]["Memory"],
        waits_for={need[0]: need[1] for need in needs if len(need) > 1},
    )


def _last_check(check: dict[str, Any]) -> str:
    output = " ".join(str(check["Output"]).split())
    return f"exit code {check['ExitCode']}" + (f": {output[:300]}" if output else "")
