"""What editors read: how each service is debugged, and which extensions its files want."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Template
from typing import Any

from .catalog import Debugger
from .stack import Service, Stack


def launch(stack: Stack) -> dict[str, Any]:
    """Return `launch.json`: a configuration for each service, and one for each chain of calls."""
    debugged = {service.name: service for service in stack.services if service.debugger}
    chains = {name: _called(name, debugged) for name in debugged if not _callers(name, debugged)}
    return {
        "version": "0.2.0",
        "configurations": [
            _configuration(service, service.debugger) for service in debugged.values() if service.debugger
        ],
        "compounds": [
            {"name": f"{name} and all that it calls", "configurations": chain, "stopAll": True}
            for name, chain in chains.items()
            if len(chain) > 1
        ],
    }


def tasks(stack: Stack) -> dict[str, Any]:
    """Return `tasks.json`: what has to run before a debugger."""
    return {
        "version": "2.0.0",
        "tasks": [_task(service, service.debugger) for service in stack.debugged_programs if service.debugger],
    }


def extensions(services: Iterable[Service]) -> list[str]:
    """Return the extensions that the files and debuggers of services want."""
    found = [extension for service in services for extension in service.language.extensions]
    found += [extension for service in services if service.debugger for extension in service.debugger.extensions]
    return sorted(set(found))


def _configuration(service: Service, debugger: Debugger) -> dict[str, Any]:
    before = {"preLaunchTask": _label(service)} if debugger.before else {}
    configuration: dict[str, Any] = _filled(debugger.configuration, _values(service), _folders(service))
    return {"name": service.name, **configuration, **before}


def _task(service: Service, debugger: Debugger) -> dict[str, Any]:
    return {
        "label": _label(service),
        "type": "shell",
        "command": Template(debugger.before or "").substitute(_values(service)),
        "presentation": {"reveal": "silent"},
        "problemMatcher": [],
    }


def _label(service: Service) -> str:
    return f"before debugging {service.name}"


def _values(service: Service) -> dict[str, Any]:
    return {
        "name": service.name,
        "port": service.debug_port or service.port,
        "program": service.spec.debug_program,
    }


def _folders(service: Service) -> list[dict[str, str]]:
    return [{"local": f"${{workspaceFolder}}/{local}", "remote": remote} for local, remote in service.folders.items()]


def _filled(value: Any, values: Mapping[str, Any], folders: list[dict[str, str]]) -> Any:
    """Return a value with what stands for something filled in; what stands alone keeps its type."""
    if isinstance(value, str):
        known = {**values, **folders[0]}
        return known[value[1:]] if value[1:] in known and value[0] == "$" else Template(value).substitute(known)
    if isinstance(value, list):
        return [_filled(item, values, [at]) for item in value for at in (folders if _placed(item) else folders[:1])]
    if isinstance(value, dict):
        return {
            _filled(key, values, [at]): _filled(item, values, [at] if _placed(key) else folders)
            for key, item in value.items()
            for at in (folders if _placed(key) else folders[:1])
        }
    return value


def _placed(value: Any) -> bool:
    """Return whether a value names a folder."""
    return "$local" in str(value) or "$remote" in str(value)


def _callers(name: str, services: Mapping[str, Service]) -> list[str]:
    return [service.name for service in services.values() if name in service.needs]


def _called(name: str, services: Mapping[str, Service]) -> list[str]:
    """Return a service and all that it calls, and those call, each once."""
    found, open_ = [], [name]
    while open_:
        here = open_.pop(0)
        if here in services and here not in found:
            found.append(here)
            open_ += services[here].needs
    return found
