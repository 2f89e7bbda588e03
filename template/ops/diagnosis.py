"""Why containers of a project are not well, and what to do."""

from __future__ import annotations

from ops.compose import Project, name_of
from ops.containers import EXIT_CODES, Container, log, of_project
from ops.report import Finding, error, warning
from ops.text import listing

LOG_LINES = 12
PORT_TAKEN = ("address already in use", "port is already allocated")
MIB = 1024**2


def diagnose(project: Project) -> list[Finding]:
    """Return a finding for each container that failed, causes before those that wait for them."""
    name = name_of(project)
    if name is None:
        return []
    containers = of_project(name)
    failed = {c.service: finding for c in containers if (finding := _failure(c, project))}
    waiting = [_waiting(c, failed) for c in containers if c.status == "created" and c.service not in failed]
    return [*failed.values(), *(finding for finding in waiting if finding)]


def _failure(container: Container, project: Project) -> Finding | None:
    service = container.service
    logs = f"read on: {_make(project, 'logs', service)}"
    if container.oom_killed:
        limit = f"of {container.memory // MIB} MiB" if container.memory else "of the machine"
        what = f"it was killed: it needed more memory than its limit {limit}"
        remedy = f"let it use less, or raise deploy.resources.limits.memory of {service} in compose.override.yaml"
        if project.deployed:
            remedy = f"let it use less, or raise its limit: resources of {service} in the questionnaire (make configure)"
        return error(service, what, remedy, log(container.id, LOG_LINES))
    if container.error:
        # The engine's last words are the reason; what it says before them are its own steps.
        reason = container.error.rpartition("): ")[2]
        return error(service, f"the engine could not start it: {reason}", _engine_remedy(container.error, service))
    if container.health == "unhealthy":
        what = f"it runs, but its health check fails ({container.last_check or 'no answer'})"
        return error(service, what, logs, log(container.id, LOG_LINES))
    if container.status in ("exited", "dead", "restarting") and container.exit_code:
        meaning = EXIT_CODES.get(container.exit_code, "an error")
        again = f", {container.restarts} times over" if container.restarts > 1 else ""
        what = f"it stopped with exit code {container.exit_code} ({meaning}){again}"
        remedy = "set what its last lines name, in .env; " + logs if container.exit_code == 2 else logs
        return error(service, what, remedy, log(container.id, LOG_LINES))
    if container.health == "starting" and container.status == "running":
        what = f"it runs, but is not healthy yet ({container.last_check or 'not checked yet'})"
        return warning(service, what, logs)
    return None


def _waiting(container: Container, failed: dict[str, Finding]) -> Finding | None:
    causes = [need for need in container.waits_for if need in failed]
    if not causes:
        return None
    return warning(container.service, f"it waits for {listing(causes)}")


def _engine_remedy(message: str, service: str) -> str:
    if any(words in message for words in PORT_TAKEN):
        return "free the port or move it: `make doctor` says who has it, and which variable moves it"
    if "mount" in message:
        return "a file or folder that it mounts is missing or of the wrong type: compare its volumes with what is there"
    if "executable file not found" in message or "no such file" in message:
        return f"its image lacks the command: make rebuild service={service}"
    return "the engine's own log says more; restarting the engine often helps"


def _make(project: Project, task: str, service: str) -> str:
    if project.environment == "development":
        return f"make {task} service={service}"
    return " ".join(project.command(task, service))
