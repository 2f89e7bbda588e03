"""Why an answer is refused: for each mistake one sentence that says what, where and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from pydantic import ConfigDict, TypeAdapter, ValidationError

from . import graph
from .answers import MAX_SERVICES, Answers, LibraryAnswer, ServiceAnswer
from .catalog import Catalog
from .names import RESERVED_NAMES, SECRET_WORDS, listing, near, path_problem
from .stack import completed, env_name, library_path, migrate_name, ports, service_path
from .units import CPU_RANGE, MEMORY_RANGE, parse_cpu, parse_memory

_TEXT = "use one line without control characters and without any of \" \\ $ ` { } < >"
_LABEL = "use 1 to 40 lower-case letters, digits and dashes, starting with a letter, such as 'backend'"
_PORT = "use a whole number from 1024 to 65535"
HINTS: Final = {
    "project_name": f"{_TEXT}, at most 60 characters",
    "project_slug": _LABEL,
    "description": f"{_TEXT}, at most 200 characters",
    "owner": "use a GitHub user or organisation, such as 'acme'",
    "registry": "use a host and an optional path in lower case, without https://, such as ghcr.io/acme",
    "preset": _LABEL,
    "domain": "use a lower-case host name with at least one dot, such as shop.example.com",
    "deploy": "use a list of 'kubernetes' and 'compose'",
    "platforms": "use a list of 'linux/amd64' and 'linux/arm64'",
    "features": "use a list of 'github-actions', 'pre-commit' and 'ingress'",
    "name": _LABEL,
    "kind": "use one word, such as 'fastapi'",
    "path": "use a folder inside the repository, such as services/api, with letters, digits, dots, dashes and underscores",
    "port": _PORT,
    "debug_port": _PORT,
    "needs": "use a list of names of stores and services, such as [postgres, backend]",
    "libraries": "use a list",
    "public": "use true or false",
    "replicas": "use a whole number from 1 to 100",
    "resources": "use cpu and memory, such as {cpu: 500m, memory: 256Mi}",
    "cpu": "use a CPU quantity from 10m to 64, such as 500m or 2",
    "memory": "use a memory quantity from 16Mi to 256Gi, such as 256Mi or 1Gi",
    "env": "use NAME: value pairs, both texts; names in upper snake case, values one line",
    "services": "use a line such as 'backend:fastapi, frontend:react' or a list of services",
}  # fmt: skip

# pydantic calls a schema as costly to build as to use: build each once.
_FIELDS: Final = {
    name: TypeAdapter(field.rebuild_annotation(), config=ConfigDict(strict=True))
    for name, field in Answers.model_fields.items()
}
_SERVICES: Final = TypeAdapter(list[ServiceAnswer])


def of(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    """Return the problems of one answer.

    `answers` are the other answers so far; what is missing there is not checked against.
    """
    check = _CHECKS.get(question, _shape)
    return list(dict.fromkeys(check(question, value, answers, catalog)))


def unknown(keys: Iterable[str]) -> list[str]:
    """Return a problem for each key that is no question (Copier's own start with `_`)."""
    known = list(Answers.model_fields)
    return [
        f"'{key}' is not a question of this template{near(key, known)}"
        for key in keys
        if not key.startswith("_") and key not in known
    ]


def _say(value: Any) -> str:
    if isinstance(value, bool):
        # YAML 1.1 reads no, off, yes and on so.
        return f"the yes/no value {str(value).lower()} (quote it if it is a name)"
    if isinstance(value, int | float):
        return f"the number {value}" + (" (written with a leading 0, YAML reads octal)" if 0 < value < 1024 else "")
    if value is None:
        return "nothing"
    shown = f"'{value}'" if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else shown[:56] + "…" + shown[-1]


def _sentences(error: ValidationError, where: Callable[[tuple[Any, ...]], str], default: str) -> list[str]:
    """Turn pydantic's findings into ours: `<where>: <value> …; <what would be right>`."""
    found = []
    for item in error.errors(include_url=False, include_context=False):
        location = item["loc"]
        fields = [str(part) for part in location if part in HINTS]
        field = fields[-1] if fields else default
        if item["type"] == "missing":
            found.append(f"{where(location)}: '{location[-1]}' is missing; {HINTS[field]}")
        elif item["type"] == "extra_forbidden":
            known = ["cpu", "memory"] if "resources" in location else list(ServiceAnswer.model_fields)
            found.append(
                f"{where(location)}: unknown key '{location[-1]}'{near(str(location[-1]), known)}; known are {listing(known)}"
            )
        elif item["type"] == "too_long" and field == "services":
            found.append(f"services: more than {MAX_SERVICES} services; split the repository")
        else:
            found.append(f"{where(location)}: {_say(item['input'])} is not a valid {field.replace('_', ' ')}; {HINTS[field]}")
    return found


def _shape(question: str, value: Any, _: Mapping[str, Any], __: Catalog) -> list[str]:
    try:
        _FIELDS[question].validate_python(value)
    except ValidationError as error:
        return _sentences(error, lambda _location: question, question)
    if isinstance(value, list) and len({str(item) for item in value}) < len(value):
        return [f"{question}: an entry stands twice; name each once"]
    return []


def _preset(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    if isinstance(value, str) and value in catalog.presets:
        return []
    return [f"preset: unknown preset {_say(value)}{near(str(value), catalog.presets)}; use {listing(catalog.presets)}"]


def _registry(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    problems = _shape(question, value, answers, catalog)
    if not problems and ":" in value:
        port = int(value.split(":")[1].split("/")[0])
        if not 1 <= port <= 65535:
            problems.append(f"registry: {_say(value)} has the port {port}; use one from 1 to 65535")
    return problems


def _libraries(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    if not isinstance(value, list):
        return [f"libraries: {_say(value)} is not a list; use a list such as [{{name: common, kind: python}}]"]
    problems: list[str] = []
    items: list[LibraryAnswer] = []
    for number, entry in enumerate(value, 1):
        where = f"libraries, entry {number}"
        try:
            items.append(LibraryAnswer.model_validate(entry))
        except ValidationError as error:
            for item in error.errors(include_url=False):
                field = str(item["loc"][-1]) if item["loc"] else "entry"
                hint = {"name": _LABEL, "kind": "use python or node", "path": HINTS["path"]}.get(
                    field, "known keys are name, kind and path"
                )
                shown = f"'{field}' is missing" if item["type"] == "missing" else f"{_say(item['input'])} is not a valid {field}"
                problems.append(f"{where}: {shown}; {hint}")
    problems += _twice("libraries", "name", [(library.name, library.name) for library in items])
    paths = [(library.name, library_path(library)) for library in items]
    problems += [f"libraries: '{name}': {why}" for name, path in paths if (why := path_problem(path))]
    return problems + _nested("libraries", paths)


def _services(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    try:
        entries = completed(value, catalog.presets.get(str(answers.get("preset"))))
    except ValueError as error:
        return [str(error)]
    if not entries:
        return ["services: there is none; name at least one, such as backend:fastapi"]

    def where(location: tuple[Any, ...]) -> str:
        if not location:
            return "services"
        entry = entries[location[0]]
        name = entry.get("name") if isinstance(entry, dict) else None
        return f"services: '{name}'" if isinstance(name, str) and name else f"services, entry {location[0] + 1}"

    if len(entries) > MAX_SERVICES:
        return [f"services: {len(entries)} services are more than {MAX_SERVICES}; split the repository"]
    try:
        services = _SERVICES.validate_python(entries)
    except ValidationError as error:
        return _sentences(error, where, "services")
    return _kinds(services, catalog) or [
        *_names(services, answers, catalog),
        *_needs(services, answers, catalog),
        *_paths(services, answers),
        *_ports(services, catalog),
        *_sizes(services),
        *_env(services, catalog),
    ]


def _kinds(services: list[ServiceAnswer], catalog: Catalog) -> list[str]:
    return [
        f"services: '{s.name}': unknown kind '{s.kind}'{near(s.kind, catalog.kinds)}; use one of {listing(catalog.kinds)}"
        for s in services
        if s.kind not in catalog.kinds
    ]


def _names(services: list[ServiceAnswer], answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    problems = _twice("services", "name", [(s.name, s.name) for s in services])
    libraries = {entry["name"] for entry in answers.get("libraries") or () if isinstance(entry, dict) and "name" in entry}
    names = {s.name for s in services}
    for service in services:
        if service.name in RESERVED_NAMES:
            problems.append(f"services: '{service.name}' is a reserved name; choose another, such as {service.name}-api")
        elif service.name in catalog.stores:
            problems.append(f"services: '{service.name}' is the name of a store; name it in `needs`, or choose another name")
        elif service.name in libraries:
            problems.append(f"services: '{service.name}' is also the name of a library; choose another name")
        elif migrate_name(service.name) in names:
            problems.append(
                f"services: '{migrate_name(service.name)}' is the name of the container that prepares the store of "
                f"'{service.name}'; choose another name"
            )
    return problems


def _needs(services: list[ServiceAnswer], answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    problems = []
    names = {s.name for s in services}
    known_libraries = {e["name"] for e in answers.get("libraries") or () if isinstance(e, dict) and "name" in e}
    for service in services:
        needs = service.needs or []
        problems += _repeated(f"services: '{service.name}': needs", needs)
        for need in needs:
            if need == service.name:
                problems.append(f"services: '{service.name}' needs itself; leave that out")
            elif need in catalog.stores and need not in catalog.kinds[service.kind].stores:
                usable = catalog.kinds[service.kind].stores
                problems.append(
                    f"services: '{service.name}' is of kind {service.kind}, which cannot use {need}; "
                    + (f"it can use {listing(usable)}" if usable else "let a service of another kind use it")
                )
            elif need not in names and need not in catalog.stores:
                problems.append(
                    f"services: '{service.name}' needs '{need}', which is neither a store nor a service"
                    f"{near(need, [*catalog.stores, *names])}; stores are {listing(catalog.stores)}"
                )
        problems += _repeated(f"services: '{service.name}': libraries", service.libraries or [])
        problems += [
            f"services: '{service.name}' uses the library '{library}', which `libraries` does not name{near(library, known_libraries)}"
            for library in service.libraries or ()
            if "libraries" in answers and library not in known_libraries
        ]
    if not problems:
        found = graph.cycle({s.name: [n for n in s.needs or () if n in names] for s in services})
        if found:
            problems.append(f"services: {' needs '.join(found)}; take one of these needs away, a stack cannot start in a circle")
    return problems


def _paths(services: list[ServiceAnswer], answers: Mapping[str, Any]) -> list[str]:
    paths = [(s.name, service_path(s)) for s in services]
    problems = [f"services: '{name}': {why}" for name, path in paths if (why := path_problem(path))]
    libraries = [
        (entry["name"], entry.get("path") or f"libs/{entry['name']}")
        for entry in answers.get("libraries") or ()
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    ]
    return problems + _nested("services", [*paths, *libraries])


def _ports(services: list[ServiceAnswer], catalog: Catalog) -> list[str]:
    problems = []
    owner: dict[int, str] = {}
    for name, store in catalog.stores.items():
        if any(name in (s.needs or ()) for s in services):
            owner[store.port] = name
    for service in services:
        for port, what in ((service.port, "port"), (service.debug_port, "debug port")):
            if port is None:
                continue
            if port in owner:
                problems.append(
                    f"services: '{service.name}': {what} {port} is already taken by '{owner[port]}'; choose another, or leave it out"
                )
            owner[port] = service.name
        if service.debug_port and not catalog.kinds[service.kind].debug_port:
            problems.append(f"services: '{service.name}': a {service.kind} service has no debugger; leave out debug_port")
    if not problems and any(p > 65535 for pair in ports(services, catalog) for p in pair if p):
        problems.append("services: no free port is left up to 65535; give some services lower ports")
    return problems


def _sizes(services: list[ServiceAnswer]) -> list[str]:
    problems = []
    for service in services:
        given = service.resources
        if given and given.cpu and not CPU_RANGE[0] <= parse_cpu(given.cpu) <= CPU_RANGE[1]:
            problems.append(f"services: '{service.name}': '{given.cpu}' is not a valid cpu; {HINTS['cpu']}")
        if given and given.memory and not MEMORY_RANGE[0] <= parse_memory(given.memory) <= MEMORY_RANGE[1]:
            problems.append(f"services: '{service.name}': '{given.memory}' is not a valid memory; {HINTS['memory']}")
    return problems


def _env(services: list[ServiceAnswer], catalog: Catalog) -> list[str]:
    problems = []
    own = {"PORT", "ENVIRONMENT", "LOG_LEVEL", "HOME", "PATH", "UID", "GID", "TAG", "REGISTRY", "COMPOSE_PROJECT_NAME"}
    prefixes = tuple(f"{env_name(name)}_" for name in catalog.stores)
    urls = {f"{env_name(s.name)}_URL" for s in services}
    for service in services:
        for key in service.env or {}:
            where = f"services: '{service.name}': env {key}"
            if any(word in key for word in SECRET_WORDS):
                problems.append(f"{where} looks like a secret, and answers are committed; give the service a file and {key}_FILE")
            elif key in own or key in urls or key.startswith(prefixes):
                problems.append(f"{where} is set by the template; choose another name")
    return problems


def _twice(question: str, what: str, items: Iterable[tuple[str, str]]) -> list[str]:
    seen: set[str] = set()
    problems = []
    for name, value in items:
        if value in seen:
            problems.append(f"{question}: the {what} '{value}' is used twice ('{name}'); names must differ")
        seen.add(value)
    return problems


def _repeated(where: str, names: list[str]) -> list[str]:
    return [f"{where} name '{name}' twice; name it once" for name in dict.fromkeys(names) if names.count(name) > 1]


def _nested(question: str, paths: list[tuple[str, str]]) -> list[str]:
    problems = []
    # Sorted by parts, a folder is directly followed by what is inside it.
    ordered = sorted((path.lower().split("/"), name, path) for name, path in paths)
    outer: tuple[list[str], str, str] | None = None
    for parts, name, path in ordered:
        if outer and parts[: len(outer[0])] == outer[0]:
            how = "is also" if parts == outer[0] else "is inside"
            problems.append(f"{question}: the folder '{path}' of '{name}' {how} the folder '{outer[2]}' of '{outer[1]}'; keep them apart")
        else:
            outer = (parts, name, path)
    return problems


_CHECKS: Final[Mapping[str, Callable[[str, Any, Mapping[str, Any], Catalog], list[str]]]] = {
    "preset": _preset,
    "registry": _registry,
    "libraries": _libraries,
    "services": _services,
}
