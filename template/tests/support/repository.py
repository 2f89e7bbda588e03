"""The files of this repository, read once."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
STACK: dict[str, Any] = json.loads((ROOT / "ops" / "stack.json").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = STACK["services"]
STORES: dict[str, Any] = STACK["stores"]
SECRETS: dict[str, Any] = STACK["secrets"]
DEPLOYED = [name for name, service in SERVICES.items() if service["deployed"]]
PREPARATIONS = [f"{name}-prepare" for name, service in SERVICES.items() if service["prepare"]]


@functools.cache
def text(path: str) -> str:
    """Return the text of a file, by its path from the root."""
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def data(path: str) -> Any:
    """Return what a YAML file holds, by its path from the root."""
    return yaml.safe_load(text(path))


def own_tasks(folder: str = ".") -> set[str]:
    """Return the tasks that are this repository's own: those of the `local.mk` in a folder."""
    file = ROOT / folder / "local.mk"
    source = file.read_text(encoding="utf-8") if file.is_file() else ""
    lines = re.findall(r"^([A-Za-z0-9][\w. -]*?) *:(?!=)", source, re.MULTILINE)
    return {task for line in lines for task in line.split()}


def own_ports() -> set[int]:
    """Return the numbers in the override file, among them the ports of this repository's own containers."""
    source = "\n".join(file.read_text(encoding="utf-8") for file in ROOT.glob("*compose.override.y*ml"))
    return {int(number) for number in re.findall(r"(?<!\d)\d{2,5}(?!\d)", source)}


class Published(NamedTuple):
    """A port as a Compose file publishes it: `address:${variable:-default}:target`."""

    address: str
    variable: str
    default: int
    target: int


def published(port: str) -> Published:
    """Return the parts of a published port; AssertionError when it is not written in the one way used here."""
    match = re.fullmatch(r"(\$\{BIND_ADDRESS:-)?([0-9.]+)\}?:\$\{([A-Z0-9_]+):-(\d+)\}:(\d+)", port)
    assert match, f"'{port}' is not published as address:${{VARIABLE:-default}}:port"
    return Published(match[2], match[3], int(match[4]), int(match[5]))


class Reference(NamedTuple):
    """A variable as a Compose file reads it; `default` is None where it has to be set."""

    file: str
    name: str
    default: str | None


def references() -> list[Reference]:
    """Return every variable that the template's Compose files read."""
    found = []
    for file in sorted(ROOT.glob("compose*.yaml")):
        if file.name != "compose.override.yaml":
            # `$$` is a dollar for the container's shell.
            source = file.read_text(encoding="utf-8").replace("$$", "")
            for name, default in re.findall(r"\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*)\}|:\?[^}]*\}|:\+|\})", source):
                required = f"${{{name}:?" in source
                found.append(Reference(file.name, name, None if required else default))
    return found


def dockerfile(service: str) -> str:
    """Return the text of a service's Dockerfile."""
    return text(f"{SERVICES[service]['path']}/Dockerfile")


def stages(service: str) -> dict[str, str]:
    """Return the stages of a service's Dockerfile by name, in order, each with its lines."""
    parts = re.split(r"^FROM (?:--platform=\S+ )?(\S+)(?: AS (\S+))?$", dockerfile(service), flags=re.MULTILINE)[1:]
    return {parts[i + 1] or parts[i]: parts[i + 2] for i in range(0, len(parts), 3)}


def base_images(service: str) -> list[str]:
    """Return the images that a service's Dockerfile takes from a registry."""
    known = {*stages(service), "scratch"}
    sources = re.findall(r"^FROM (?:--platform=\S+ )?(\S+)|^COPY .*--from=(\S+)", dockerfile(service), re.MULTILINE)
    return [image for image in (first or second for first, second in sources) if image not in known]
