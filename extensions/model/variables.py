"""Every variable that `.env` can set, in groups: what `.env.example` and the documentation list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .catalog import Variable
from .map import debug_port_variable, host_port_variable
from .stack import Stack


class Group(NamedTuple):
    """Variables under one heading."""

    title: str
    variables: tuple[Variable, ...]


def _port(name: str, value: int, help_: str) -> Variable:
    return Variable(name=name, value=str(value), help=help_)


def _settings(stack: Stack) -> Iterable[Variable]:
    for service in stack.services:
        yield from service.variables
        yield from service.spec.development.variables
    for store in stack.stores:
        yield from store.variables


def groups(stack: Stack) -> tuple[Group, ...]:
    """Return the variables of a stack; each stands once, in the group where it is first met."""
    ports: list[Variable] = []
    for service in stack.services:
        ports.append(_port(host_port_variable(service.name), service.port, f"{service.name} on this machine"))
        if service.debug_port:
            ports.append(_port(debug_port_variable(service.name), service.debug_port, f"debugger of {service.name}"))
    for store in stack.stores:
        spec = store.spec
        ports.append(_port(host_port_variable(store.name), spec.host_ports[0], f"{spec.title} on this machine"))
        for endpoint in spec.endpoints:
            name = host_port_variable(f"{store.name}-{endpoint.name}")
            ports.append(_port(name, endpoint.port, f"{endpoint.help} on this machine"))
    deployment = [
        Variable(name="REGISTRY", value=stack.registry, help="where images are kept"),
        Variable(name="CACHE", value="", help="set to 1 to reuse the registry's build cache; leave empty not to"),
    ]
    if stack.compose:
        version = Variable(
            name="TAG", value="1.2.3", help="version that `make deploy` runs and `make build` builds; it has no default"
        )
    else:
        version = Variable(name="TAG", value="latest", help="version that `make build` builds")
    deployment.append(version)
    if stack.compose and stack.public:
        deployment.append(
            Variable(name="BIND_ADDRESS", value="127.0.0.1", help="address on which compose.prod.yaml publishes ports")
        )
    secrets = [
        Variable(name=s.setting, value="development", help=f"{s.help}, in development only") for s in stack.secrets
    ]
    user = [
        Variable(name=name, value="1000", help=f"{what} ID of development containers; make sets it to yours")
        for name, what in (("UID", "user"), ("GID", "group"))
    ]
    listed = [
        Group("Settings", tuple(v for v in _settings(stack) if not v.fixed)),
        Group("Your own settings", tuple(v for service in stack.services for v in service.env if not v.fixed)),
        Group("Development: published ports", tuple(ports)),
        Group("Development: passwords", tuple(secrets)),
        Group("Development: containers", tuple(user)),
        Group("Images", tuple(deployment)),
    ]
    seen: set[str] = set()
    result = []
    for title, variables in listed:
        fresh = []
        for variable in variables:
            if variable.setting not in seen:
                seen.add(variable.setting)
                fresh.append(variable.model_copy(update={"name": variable.setting, "owner": ""}))
        if fresh:
            result.append(Group(title, tuple(fresh)))
    return tuple(result)
