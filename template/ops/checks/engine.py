"""Whether there is an engine, and it and its plugins are recent enough."""

from __future__ import annotations

import json
import os
import platform
import re

from ops.process import NOT_FOUND, run
from ops.report import Finding, error, ok

# The reason for each: start_interval of health checks; optional env_file and !override; typed variables of bake.
ENGINE = (25, 0)
COMPOSE = (2, 24)
BUILDX = (0, 24)

INSTALL = "install Docker: https://docs.docker.com/get-docker/"


def check() -> list[Finding]:
    """Return what is wrong with the Docker client, the engine, Buildx and Compose, or their versions."""
    client = run(["docker", "version", "--format", "{{json .}}"], seconds=20)
    if client.code == NOT_FOUND:
        return [error("docker", "the docker command is not installed", INSTALL)]
    server = _server(client.out)
    if server is None:
        return [_unreachable(client.err.strip())]
    findings = [_recent("engine", server, ENGINE, "update Docker: https://docs.docker.com/engine/install/")]
    if os.environ.get("DOCKER_BUILDKIT") == "0":
        findings.append(error("buildkit", "DOCKER_BUILDKIT=0 turns BuildKit off", "unset DOCKER_BUILDKIT"))
    return [*findings, plugin("buildx", BUILDX), plugin("compose", COMPOSE)]


def plugin(name: str, least: tuple[int, int]) -> Finding:
    """Return whether a plugin of the Docker client is there and not older than `least`."""
    result = run(["docker", name, "version"], seconds=20)
    remedy = (
        f"install or update the package docker-{name}-plugin, or Docker Desktop: https://docs.docker.com/get-docker/"
    )
    if result.code:
        return error(name, f"`docker {name}` is not installed", remedy)
    return _recent(name, result.out, least, remedy)


def version(text: str) -> tuple[int, ...]:
    """Return the first version number in a text, `v2.40.3-3` as (2, 40, 3); empty when there is none."""
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return tuple(int(part) for part in match.groups(default="0")) if match else ()


def _recent(subject: str, text: str, least: tuple[int, int], remedy: str) -> Finding:
    found = version(text)
    name = ".".join(map(str, found)) or "unknown"
    if found < least:
        return error(subject, f"version {name} is older than {least[0]}.{least[1]}", remedy)
    return ok(subject, f"version {name}")


def _server(out: str) -> str | None:
    """Return the engine's version from what `docker version` printed; None when it did not answer."""
    try:
        server = json.loads(out).get("Server") or {}
    except ValueError:
        return None
    return str(server["Version"]) if server.get("Version") else None


def _unreachable(message: str) -> Finding:
    what = message.splitlines()[-1] if message else "the engine does not answer"
    if "permission denied" in message:
        return error(
            "engine", "you may not use the engine's socket",
            "add yourself to its group, then log in anew: sudo usermod -aG docker $USER",
        )  # fmt: skip
    host = os.environ.get("DOCKER_HOST")
    if host:
        remedy = f"DOCKER_HOST is {host}: start the engine there, or unset DOCKER_HOST to use this machine's"
    elif platform.system() == "Linux":
        remedy = (
            "start it: sudo systemctl start docker (or Docker Desktop; `docker context ls` shows which one is used)"
        )
    else:
        remedy = "start Docker Desktop and wait until it says that it is running"
    return error("engine", f"it is not running: {what}", remedy)
