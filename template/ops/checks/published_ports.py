"""Whether the ports are free that a project publishes."""

from __future__ import annotations

from collections.abc import Sequence

from ops import ports
from ops.compose import Project, needed
from ops.containers import of_project
from ops.errors import OpsError
from ops.report import Finding, error, ok
from ops.stack import load


def check(project: Project, services: Sequence[str] = ()) -> list[Finding]:
    """Return the ports that something else has, with the variable that moves them and who has them.

    Of `services` and what they need; of the whole project when none is named.
    """
    try:
        config = project.config()
    except OpsError:
        # What is wrong with the files is another check's to say.
        return []
    started = needed(config, services)
    wanted = [port for port in ports.published(config, load()) if port.number and port.service in started]
    holders = ports.containers()
    # The engine keeps the ports of a container that it is about to start again.
    ours = {number for container in of_project(config["name"]) for number in container.ports}
    findings = []
    first: dict[int, ports.Port] = {}
    for port in wanted:
        if port.number in first:
            other = first[port.number]
            findings.append(_taken(port, f"{other.service} wants it too", wanted))
            continue
        first[port.number] = port
        holder = holders.get(port.number)
        if port.number in ours or (holder and holder.project == config["name"]):
            continue
        if holder or not ports.free(port.address, port.number):
            who = holder.words if holder else ports.program(port.number)
            findings.append(_taken(port, f"{who} has it" if who else "another program has it", wanted))
    numbers = ", ".join(str(port.number) for port in wanted)
    return findings or ([ok("ports", f"{numbers} are free, or held by this project")] if wanted else [])


def _taken(port: ports.Port, who: str, wanted: list[ports.Port]) -> Finding:
    other = ports.next_free(port.address, port.number, {p.number for p in wanted})
    if port.variable:
        remedy = f"stop that, or move {port.service}: put {port.variable}={other} into .env"
    else:
        remedy = f"stop that, or publish {port.service} on another port in compose.override.yaml, such as {other}"
    return error(f"port {port.number}", f"{port.service} needs it, but {who}", remedy)
