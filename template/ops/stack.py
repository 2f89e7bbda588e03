"""`ops/stack.json`, the map of this repository, with types."""

from __future__ import annotations

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

from ops.errors import OpsError
from ops.text import unknown

ROOT = Path(__file__).resolve().parent.parent


@dataclasses.dataclass(frozen=True)
class Service:
    """A service: where it is and, of its development container, the commands by task and the folder `dependencies`."""

    name: str
    role: str
    path: str
    image: str
    port: int
    host_port_variable: str
    debug_port_variable: str | None
    dependencies: str
    commands: dict[str, str | None]


@dataclasses.dataclass(frozen=True)
class Store:
    """A store: `endpoints` are its further ports.

    In its container `shell` opens its client, `backup` prints a copy of its data, and `restore` reads one.
    """

    name: str
    port: int
    host_port: int
    host_port_variable: str
    endpoints: list[dict[str, Any]]
    shell: str
    backup: str | None
    restore: str | None


@dataclasses.dataclass(frozen=True)
class Secret:
    """A secret: `name` is its file, `owner` the service or store that it belongs to.

    One that is not `generated` comes from somebody else; one that is `kept` is in the data of its store.
    """

    name: str
    help: str
    owner: str
    generated: bool
    kept: bool = False


@dataclasses.dataclass(frozen=True)
class Stack:
    """What this repository is made of."""

    name: str
    slug: str
    registry: str
    services: dict[str, Service]
    stores: dict[str, Store]
    secrets: dict[str, Secret]

    def service(self, name: str) -> Service:
        """Return a service by its name; OpsError, with the nearest one, when there is none."""
        if name not in self.services:
            raise OpsError(unknown("service", name, self.services), 2)
        return self.services[name]

    def require(self, names: list[str]) -> None:
        """Raise OpsError, with the nearest one, when a name is no service or store."""
        known = [*self.services, *self.stores]
        for name in names:
            if name not in known:
                raise OpsError(unknown("service", name, known), 2)


def _only(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    return {field.name: data[field.name] for field in dataclasses.fields(kind) if field.name in data}


@functools.cache
def load() -> Stack:
    """Read the map; OpsError when it is not there or is no JSON."""
    file = ROOT / "ops" / "stack.json"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise OpsError(
            f"ops/stack.json cannot be read ({problem}); bring it back: git checkout ops/stack.json"
        ) from None
    return Stack(
        name=data["name"],
        slug=data["slug"],
        registry=data["registry"],
        services={name: Service(name=name, **_only(Service, item)) for name, item in data["services"].items()},
        stores={name: Store(name=name, **_only(Store, item)) for name, item in data["stores"].items()},
        secrets={name: Secret(name=name, **_only(Secret, item)) for name, item in data["secrets"].items()},
    )
