"""Ports of this machine: whether one is free, and who has it."""

from __future__ import annotations

import json
import re
import socket
from typing import Any, NamedTuple

from ops.process import run
from ops.stack import Service, Stack


class Port(NamedTuple):
    """A port that a project publishes; `variable` moves it, None when it was published by an override file.

    `number` is 0 where the engine takes any that is free.
    """

    service: str
    address: str
    number: int
    target: int
    variable: str | None

    @property
    def debugger(self) -> bool:
        """Whether a debugger attaches there."""
        return bool(self.variable and self.variable.endswith("_DEBUG_PORT"))


def published(config: dict[str, Any], stack: Stack) -> list[Port]:
    """Return the TCP ports of a project as Compose resolved it (`Project.config`)."""
    return [
        Port(
            service=name,
            address=port.get("host_ip", ""),
            number=int(port.get("published") or 0),
            target=port["target"],
            variable=_variable(name, port["target"], stack),
        )
        for name, service in config["services"].items()
        for port in service.get("ports", ())
        # A range is the user's own, and is looked after by the engine.
        if port.get("protocol", "tcp") == "tcp" and str(port.get("published") or 0).isdigit()
    ]


def _variable(name: str, target: int, stack: Stack) -> str | None:
    known = stack.services.get(name) or stack.stores.get(name)
    if known is None:
        return None
    if target == known.port:
        return known.host_port_variable
    if isinstance(known, Service):
        return known.debug_port_variable
    return next((item["host_port_variable"] for item in known.endpoints if item["port"] == target), None)


def free(address: str, number: int) -> bool:
    """Return whether a server could listen there."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, number))
        except PermissionError:
            # The engine may use ports that this user may not.
            return True
        except OSError:
            return False
    return True


class Holder(NamedTuple):
    """Who has a port, in words, and the Compose project of the container that has it."""

    words: str
    project: str | None = None


def containers() -> dict[int, Holder]:
    """Return the containers that have ports of this machine."""
    found: dict[int, Holder] = {}
    for line in run(["docker", "ps", "--format", "{{json .}}"], seconds=20).out.splitlines():
        container = json.loads(line)
        labels = dict(pair.partition("=")[::2] for pair in container["Labels"].split(","))
        owner = labels.get("com.docker.compose.project")
        words = f"container {container['Names']}" + (f" of the Compose project {owner}" if owner else "")
        for first, last in re.findall(r":(\d+)(?:-(\d+))?->", container["Ports"]):
            for number in range(int(first), int(last or first) + 1):
                found[number] = Holder(words, owner)
    return found


def program(number: int) -> str | None:
    """Return the program that listens on a port, if this user may see that: `python3 (process 123)`."""
    result = run(["lsof", "-nP", f"-iTCP:{number}", "-sTCP:LISTEN", "-Fpc"], seconds=10)
    found = re.search(r"^p(\d+)\nc(.+)$", result.out, re.MULTILINE)
    if found:
        return f"{found[2]} (process {found[1]})"
    result = run(["ss", "-Hltnp", f"sport = :{number}"], seconds=10)
    listening = re.search(r'\(\("([^"]+)",pid=(\d+)', result.out)
    return f"{listening[1]} (process {listening[2]})" if listening else None


def next_free(address: str, number: int, taken: set[int]) -> int:
    """Return a free port above one that is taken."""
    return next(
        (n for n in range(number + 1, min(number + 200, 65536)) if n not in taken and free(address, n)), number + 10000
    )
