"""Why containers of a project are not well, and what to do."""

from __future__ import annotations

import re

from ops.compose import Project, name_of
from ops.containers import Container, Death, deaths, log, of_project
from ops.report import Finding, error, warning
from ops.text import listing

LOG_LINES = 12
MIB = 1024**2
# What an exit code says, by convention of shells, the engine and the services here.
EXIT_CODES = {
    2: "it refuses its settings",
    126: "its command cannot be executed",
    127: "its command does not exist",
    137: "it was killed",
    139: "it crashed",
    143: "it was stopped",
}


def diagnose(project: Project) -> list[Finding]:
    """Return a finding for each container that failed, and then for each that waits for one."""
    name = name_of(project)
    containers = of_project(name) if name else []
    ends = deaths(name) if name and any(container.restarts for container in containers) else {}
    failed: dict[str, Finding] = {}
    for container in containers:
        finding = _failure(container, ends.get(container.id), project)
        if finding:
            failed[container.service] = finding
    waiting = [_waiting(c, failed) for c in containers if c.status == "created" and c.service not in failed]
    return [*failed.values(), *(finding for finding in waiting if finding)]


def _failure(container: Container, end: Death | None, project: Project) -> Finding | None:
    """Return why a container is not well; None when it is, or has done its work."""
    service = container.service
    if container.error:
        return error(service, f"the engine could not start it: {_reason(container.error)}", _engine_remedy(container))
    if _well(container):
        return None
    again = f", {container.restarts} times over" if container.restarts > 1 else ""
    said = log(container.id, LOG_LINES)
    more = f"more: {_logs(project, service)}"
    if not container.restarts:
        end = None
    if container.oom_killed or (end and end.oom_killed):
        limit = f"its limit of {container.memory // MIB} MiB" if container.memory else "there is"
        return error(
            service, f"it was killed{again}: it needed more memory than {limit}", _memory(service, project), said
        )
    exit_code = container.exit_code or (end.exit_code if end else 0)
    if exit_code:
        meaning = f" ({EXIT_CODES[exit_code]})" if exit_code in EXIT_CODES else ""
        remedy = f"set what it names; {more}" if exit_code == 2 else more
        return error(service, f"it stopped with exit code {exit_code}{meaning}{again}", remedy, said)
    last = container.last_check or "it has not run yet"
    if container.health == "unhealthy":
        return error(service, f"it runs, but its health check fails ({last})", more, said)
    return warning(service, f"it is not healthy yet; its last health check: {last}", more)


def _well(container: Container) -> bool:
    """Return whether a container is healthy, has done its work, or has not been told to run."""
    if container.status == "running":
        return container.health in (None, "healthy")
    if container.status in ("exited", "dead"):
        return container.exit_code == 0 and not container.oom_killed
    return container.status != "restarting"


def _waiting(container: Container, failed: dict[str, Finding]) -> Finding | None:
    causes = [need for need in container.waits_for if need in failed]
    return warning(container.service, f"it waits for {listing(causes)}") if causes else None


def _reason(message: str) -> str:
    """Return the engine's words without the steps that led to them."""
    return re.sub(r"^.*(unable to start container process: |endpoint \S+ \([0-9a-f]+\): )", "", message)


def _engine_remedy(container: Container) -> str:
    if "address already in use" in container.error or "port is already allocated" in container.error:
        return "free the port or move it: `make doctor` says who has it, and which variable moves it"
    if "mount" in container.error:
        return "a file or folder that it mounts is missing, or of the wrong type"
    if "executable file not found" in container.error or "no such file" in container.error:
        return f"its image lacks that command: correct it, or make rebuild service={container.service}"
    return "correct what the engine names; if it names nothing of yours, restart the engine"


def _memory(service: str, project: Project) -> str:
    if project.deployed:
        return f"let it use less, or raise its limit: resources of {service} in the questionnaire (make configure)"
    return f"let it use less, or raise deploy.resources.limits.memory of {service} in compose.override.yaml"


def _logs(project: Project, service: str) -> str:
    where = "" if project.environment == "development" else f"environment={project.environment} "
    return f"make logs {where}service={service}"
