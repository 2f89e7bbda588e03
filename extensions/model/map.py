"""The map of a stack: what workflows, scripts and tests of a generated repository read at run time."""

from __future__ import annotations

from typing import Any

from .stack import Service, Stack, StackStore, env_name


def host_port_variable(name: str) -> str:
    """Return the variable that moves a published port: `backend` -> `BACKEND_HOST_PORT`."""
    return f"{env_name(name)}_HOST_PORT"


def debug_port_variable(name: str) -> str:
    """Return the variable that moves a debugger's published port: `backend` -> `BACKEND_DEBUG_PORT`."""
    return f"{env_name(name)}_DEBUG_PORT"


def stack_map(stack: Stack) -> dict[str, Any]:
    """Return `ops/stack.json` as plain data; lists keep the order of the answers."""
    return {
        "name": stack.name,
        "slug": stack.slug,
        "registry": stack.registry,
        "domain": stack.domain,
        "deploy": list(stack.deploy) if stack.deployed else [],
        "features": list(stack.features),
        "platforms": list(stack.platforms),
        "build_order": list(stack.build_order),
        "services": {service.name: _service(service) for service in stack.services},
        "stores": {store.name: _store(store) for store in stack.stores},
        "volumes": {
            volume.name: {"writer": volume.writer, "readers": list(volume.readers), "layers": list(volume.layers)}
            for volume in stack.volumes
        },
        "libraries": {
            library.name: {
                "kind": library.kind,
                "path": library.path,
                "users": list(library.users),
                "folder": library.folder,
            }
            for library in stack.libraries
        },
        "secrets": {
            secret.name: {
                "variable": secret.variable,
                "setting": secret.setting,
                "help": secret.help,
                "owner": secret.owner,
                "generated": secret.generated,
                "kept": secret.kept,
                "users": [service.name for service in stack.services if secret in service.secrets],
            }
            for secret in stack.secrets
        },
    }


def _service(service: Service) -> dict[str, Any]:
    spec = service.spec
    return {
        "kind": service.kind,
        "role": spec.role,
        "deployed": service.deployed,
        "scales": service.scales,
        "language": spec.language,
        "path": service.path,
        "image": service.image,
        "port": service.port,
        "host_port_variable": host_port_variable(service.name),
        "debug_port": service.debug_port,
        "debug_port_variable": debug_port_variable(service.name) if service.debug_port else None,
        "public": service.public,
        "host": service.host,
        "example": service.example,
        "health": {"live": spec.health.live, "ready": spec.health.ready, "metrics": spec.health.metrics},
        "uid": spec.uid,
        "needs": list(service.needs),
        "libraries": [library.name for library in service.libraries],
        "secrets": [secret.name for secret in service.secrets],
        "prepare": list(service.prepare) if service.prepare else None,
        "volumes": {volume.name: {"path": volume.path, "read_only": volume.read_only} for volume in service.volumes},
        "variables": {variable.name: variable.value for variable in (*service.variables, *service.env)},
        "settings": {v.name: v.setting for v in (*service.variables, *service.env) if not v.fixed},
        "dependencies": spec.development.dependencies,
        "commands": {
            "build": spec.commands.build,
            "test": _test(service),
            "integration": spec.commands.integration if service.stores else None,
            "bench": spec.commands.bench,
            "bench-save": spec.commands.bench_save,
            "bench-compare": spec.commands.bench_compare,
            "lint": spec.commands.lint,
            "fmt": spec.commands.fmt,
            "lock": spec.commands.lock,
        },
    }


def _test(service: Service) -> str:
    """Return its tests; a library's run once, after those of the first service that uses it and in its container."""
    mine = [library.test for library in service.libraries if library.users[0] == service.name]
    return " && ".join([service.spec.commands.test, *mine])


def _store(store: StackStore) -> dict[str, Any]:
    return {
        "image": store.image,
        "port": store.spec.port,
        "host_port": store.spec.host_ports[0],
        "host_port_variable": host_port_variable(store.name),
        "endpoints": [
            {"port": endpoint.port, "host_port_variable": host_port_variable(f"{store.name}-{endpoint.name}")}
            for endpoint in store.spec.endpoints
        ],
        "uid": store.spec.uid,
        "users": list(store.users),
        "secret": store.secret.name,
        "shell": store.shell,
        "backup": store.backup,
        "restore": store.restore,
    }
