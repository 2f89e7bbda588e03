"""The containers of a project, as the engine sees them."""

from __future__ import annotations

import json
import re
import time
from typing import Any, NamedTuple

from ops.process import run

# How far back to look for the end of a container that runs again, in seconds.
RECENT = 900
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Container(NamedTuple):
    """One container: `memory` is its limit in bytes, 0 for none; `ports` are those of this machine that it has."""

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
    waits_for: tuple[str, ...]
    ports: frozenset[int]


class Death(NamedTuple):
    """How a container ended that the engine has started again since."""

    exit_code: int
    oom_killed: bool


def of_project(name: str) -> list[Container]:
    """Return the containers of a Compose project, stopped ones too, by service."""
    ids = run(["docker", "ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={name}"]).out.split()
    if not ids:
        return []
    inspected = json.loads(run(["docker", "inspect", *ids]).out or "[]")
    return sorted((_container(item) for item in inspected if not _one_off(item)), key=lambda c: c.service)


def deaths(name: str) -> dict[str, Death]:
    """Return how the containers of a project ended last, by their ids, as far as they did lately."""
    now = time.time()
    events = ["docker", "events", "--since", f"{now - RECENT:.0f}", "--until", f"{now:.0f}", "--format", "{{json .}}"]
    filters = [f"label=com.docker.compose.project={name}", "event=die", "event=oom"]
    printed = run([*events, *(part for one in filters for part in ("--filter", one))], seconds=20).out
    found: dict[str, Death] = {}
    starved: set[str] = set()
    for event in map(json.loads, printed.splitlines()):
        identity = event["Actor"]["ID"]
        if event["Action"] == "oom":
            starved.add(identity)
        else:
            found[identity] = Death(int(event["Actor"]["Attributes"]["exitCode"]), identity in starved)
            starved.discard(identity)
    return found


def log(container: str, lines: int) -> list[str]:
    """Return the last lines that a container printed."""
    printed = run(["docker", "logs", "--tail", str(lines), container], seconds=20, merged=True).out
    return _COLOUR.sub("", printed).splitlines()[-lines:]


def _one_off(item: dict[str, Any]) -> bool:
    """`docker compose run` makes these; they come and go."""
    return str(item["Config"]["Labels"].get("com.docker.compose.oneoff")) == "True"


def _container(item: dict[str, Any]) -> Container:
    state, host, labels = item["State"], item["HostConfig"], item["Config"]["Labels"]
    health = state.get("Health") or {}
    checks = health.get("Log") or []
    needs = labels.get("com.docker.compose.depends_on", "")
    bindings = [binding for bound in (host.get("PortBindings") or {}).values() for binding in bound or ()]
    return Container(
        id=item["Id"],
        service=labels.get("com.docker.compose.service", item["Name"].lstrip("/")),
        status=state["Status"],
        exit_code=state["ExitCode"],
        oom_killed=state["OOMKilled"],
        error=state["Error"],
        restarts=item["RestartCount"],
        # Of a container that has ended, the last state is kept.
        health=health.get("Status") if state["Running"] else None,
        last_check=_last_check(checks[-1]) if checks else None,
        memory=host["Memory"],
        waits_for=tuple(need.partition(":")[0] for need in needs.split(",") if need),
        ports=frozenset(int(b["HostPort"]) for b in bindings if state["Running"] and b["HostPort"].isdigit()),
    )


def _last_check(check: dict[str, Any]) -> str:
    output = " ".join(str(check["Output"]).split())
    return f"exit code {check['ExitCode']}" + (f": {output[:300]}" if output else "")
