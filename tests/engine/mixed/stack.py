"""What a project with a service of every kind is made of, from the kinds' own descriptions."""

from __future__ import annotations

from typing import Any

from support.catalog import catalog

VOLUME = "shared"


def service_name(kind: str) -> str:
    return f"a-{kind}"


NAMES = [service_name(kind) for kind in catalog().kinds]


def libraries() -> list[dict[str, str]]:
    """Return one library of each kind."""
    return [{"name": f"{kind}-lib", "kind": kind} for kind in catalog().libraries]


def services() -> list[dict[str, Any]]:
    """Return one service of each kind, with all that it can use; web services stand in front of an API with notes."""
    kinds = catalog().kinds.values()
    behind = next(service_name(kind.name) for kind in kinds if kind.role == "api" and "postgres" in kind.stores)
    written = False
    found = []
    for kind in kinds:
        service: dict[str, Any] = {"name": service_name(kind.name), "kind": kind.name}
        service["needs"] = [*kind.stores, *([behind] if kind.role == "web" else [])]
        service["libraries"] = [library["name"] for library in libraries() if library["kind"] in kind.libraries]
        if "volumes" in kind.accepts:
            reads = written or not kind.writes_volumes
            service["volumes"] = [{"name": VOLUME, "read_only": True} if reads else {"name": VOLUME}]
            written = written or not reads
        if "external_api" in kind.accepts:
            service["external_api"] = "http://127.0.0.1:9"
        found.append(service)
    return found
