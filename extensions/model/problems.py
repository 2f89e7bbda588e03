"""Why an answer is refused: for each mistake one sentence that says what, where and what would be right."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError

from . import graph
from .answers import (
    MAX_SERVICES,
    Answers,
    Feature,
    LibraryAnswer,
    Platform,
    ResourcesAnswer,
    ServiceAnswer,
    Target,
    VolumeAnswer,
    parse_services,
)
from .catalog import Catalog
from .names import RESERVED_LIBRARIES, RESERVED_NAMES, listing, near, path_problem, shown, slug_problem
from .sensitive import is_secret_name, is_secret_value
from .stack import added_by, completed, derived_names, env_name, library_path, ports, service_path
from .units import CPU_RANGE, MEMORY_RANGE, parse_cpu, parse_memory

# What people write first: a prompt shows no more than the beginning.
_TEXT = 'use one line without any of " \\ $ ` { } < >, control characters and spaces at its ends'
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
    "features": "use a list of 'github-actions', 'pre-commit', 'editor', 'ingress' and 'bdd'",
    "name": _LABEL,
    "kind": "use one word, such as 'fastapi'",
    "path": "use a folder inside the repository, such as services/api, of letters, digits, dots, dashes and _",
    "port": _PORT,
    "debug_port": _PORT,
    "needs": "use a list of names of stores and services, such as [postgres, backend]",
    "libraries": "use a list of names of shared libraries",
    "library": "use entries such as {name: common, kind: python}",
    "public": "use true or false, without quotes",
    "replicas": "use a whole number from 1 to 100",
    "resources": "use cpu and memory, such as {cpu: 500m, memory: 256Mi}",
    "volumes": "use entries such as {name: market, layers: [records]} or {name: market, read_only: true}",
    "layers": "use a list of folder names, such as [records, snapshots]",
    "read_only": "use true or false, without quotes",
    "gpu": "use true or false, without quotes",
    "external_api": "use a URL without user, query and fragment, such as https://api.example.com",
    "cpu": "use a CPU quantity from 10m to 64, such as 500m, 2 or 0.5",
    "memory": "use a memory quantity from 16Mi to 256Gi, such as 256Mi or 1Gi",
    "env": (
        "use NAME: value pairs, both texts; names in upper snake case, values one line without double quotes, "
        "backslashes, dollars, backticks, braces and angle brackets"
    ),
    "services": "use a line such as 'backend:fastapi, frontend:react' or a list of services",
}  # fmt: skip

# … and where the field is a library's.
LIBRARY_HINTS: Final[Mapping[str, str]] = {
    **HINTS,
    "name": HINTS["name"].replace("'backend'", "'common'"),
    "kind": "use a kind of library, such as 'python'",
    "path": HINTS["path"].replace("services/api", "libs/common"),
}

# pydantic calls a schema as costly to build as to use: build each once.
_FIELDS: Final = {
    name: TypeAdapter(field.rebuild_annotation(), config=ConfigDict(strict=True))
    for name, field in Answers.model_fields.items()
}
_SERVICES: Final = TypeAdapter(list[ServiceAnswer])

# Lists of words that are known beforehand.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "deploy": get_args(Target),
    "platforms": get_args(Platform),
    "features": get_args(Feature),
}

# Keys that have keys of their own.
_INNER: Final = {"resources": tuple(ResourcesAnswer.model_fields), "volumes": tuple(VolumeAnswer.model_fields)}

# Answers that a project keeps, with why.
KEPT: Final = {
    "preset": (
        "this project began as {old}, and {new} would change the stores and folders of its services; leave it, and "
        "change `services` instead"
    ),
    "project_slug": (
        "{old} names this project's volumes, databases and images, and {new} would start with empty ones; leave it, "
        "or back up the data, write it into the answers file, run `copier recopy` and restore"
    ),
}

# Nobody reads more sentences at once.
_MOST = 12


def of(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    """Return the problems of one answer.

    `answers` are the other answers so far; what is missing there is not checked against.
    """
    check = _CHECKS.get(question, _shape)
    found = list(dict.fromkeys(check(question, value, answers, catalog)))
    if len(found) > _MOST:
        found = [*found[: _MOST - 1], f"{question}: there are {len(found) - _MOST + 1} more problems after these"]
    return found


def unknown(keys: Iterable[Any]) -> list[str]:
    """Return a problem for each key that is no question (Copier's own start with `_`)."""
    known = list(Answers.model_fields)
    return [
        f"{shown(key)} is not a question of this template{near(key, known)}"
        for key in keys
        if key not in known and not (isinstance(key, str) and key.startswith("_"))
    ]


def changed(question: str, value: Any, recorded: Mapping[str, Any]) -> list[str]:
    """Return why this answer cannot replace the one that a project has recorded."""
    if question not in KEPT or question not in recorded or recorded[question] == value:
        return []
    return [f"{question}: {KEPT[question].format(old=shown(recorded[question]), new=shown(value))}"]


def for_prompt(question: str, sentence: str) -> str:
    """Return a sentence for the line below a prompt, of which some 40 characters can be seen: the remedy first."""
    text = sentence.removeprefix(f"{question}: ").removeprefix(f"{question}, ")
    what, *remedies = text.split("; ")
    return "; ".join([*remedies[:1], what, *remedies[1:]])


def _sentences(
    error: ValidationError,
    where: Callable[[tuple[Any, ...]], str],
    fields: Iterable[str],
    default: str,
    words: Mapping[str, Iterable[str]] = _WORDS,
    hints: Mapping[str, str] = HINTS,
) -> list[str]:
    """Turn pydantic's findings into ours: `<where>: <value> …; <what would be right>`.

    `fields` are the keys known at the place of the error, `default` names what it has no key for, `words` are
    those that the list in a field may hold, `hints` say what would be right for a field.
    """
    found = []
    for item in error.errors(include_url=False):
        location, kind = item["loc"], item["type"]
        # An item of a list, or a key of `env`, is named like the list; `resources` has fields of its own.
        path = [part for part in location if isinstance(part, str)]
        inner = _INNER.get(path[0], ()) if len(path) > 1 else ()
        field = (path[1] if inner else path[0]) if path else default
        known = list(inner or fields)
        hint = hints.get(field, hints[default])
        if kind == "missing":
            found.append(f"{where(location)}: '{field}' is missing; {hint}")
        elif kind in ("extra_forbidden", "invalid_key") or field not in hints:
            key = location[-1]
            found.append(f"{where(location)}: unknown key {shown(key)}{near(key, known)}; known are {listing(known)}")
        elif kind == "not_unique":
            found.append(f"{where(location)}: {field}: {shown(item['ctx']['value'])} stands twice; name each once")
        elif kind == "too_long":
            found.append(
                f"{where(location)}: {field}: {len(item['input'])} entries are more than {item['ctx']['max_length']}"
            )
        elif kind == "string_too_long" and field == "env":
            found.append(f"{where(location)}: env: {shown(item['input'])} is too long; {hint}")
        else:
            given, usable = item["input"], words.get(field, ())
            alone = f", here [{given}]" if kind == "list_type" and isinstance(given, str) and given in usable else ""
            found.append(
                f"{where(location)}: {shown(given)} is not a valid {field.replace('_', ' ')}"
                f"{'' if alone else near(given, usable)}; {hint}{alone}"
            )
    return found


def _shape(question: str, value: Any, _: Mapping[str, Any], __: Catalog) -> list[str]:
    try:
        _FIELDS[question].validate_python(value)
    except ValidationError as error:
        return _sentences(error, lambda _location: question, [question], question)
    if isinstance(value, str) and is_secret_value(value):
        return [f"{question}: it holds what looks like a secret, and answers are committed; leave it out"]
    return []


def _slug(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    problems = _shape(question, value, answers, catalog)
    why = None if problems else slug_problem(value)
    return [f"{question}: {why}"] if why else problems


def _preset(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    if isinstance(value, str) and value in catalog.presets:
        return []
    known = listing(catalog.presets)
    return [f"preset: unknown preset {shown(value)}{near(value, catalog.presets)}; known are {known}"]


def _registry(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    problems = _shape(question, value, answers, catalog)
    if not problems and ":" in value:
        port = int(value.split(":")[1].split("/")[0])
        if port > 65535:
            problems.append(f"registry: {shown(value)} has the port {port}; use one from 1 to 65535")
    return problems


def _libraries(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    if not isinstance(value, list):
        return [f"libraries: {shown(value)} is not a list; use a list such as [{{name: common, kind: python}}]"]
    if len(value) > MAX_SERVICES:
        return [f"libraries: {len(value)} libraries are more than {MAX_SERVICES}; split the repository"]
    problems: list[str] = []
    items: list[LibraryAnswer] = []
    for number, entry in enumerate(value, 1):
        try:
            items.append(LibraryAnswer.model_validate(entry))
        except ValidationError as error:
            where = functools.partial("libraries, entry {}".format, number)
            problems += _sentences(error, where, LibraryAnswer.model_fields, "library", hints=LIBRARY_HINTS)
    problems += _twice("libraries", [library.name for library in items])
    for library in items:
        if library.kind not in catalog.libraries:
            problems.append(
                f"libraries: '{library.name}': unknown kind '{library.kind}'{near(library.kind, catalog.libraries)}; "
                f"known are {listing(catalog.libraries)}"
            )
        if library.name in RESERVED_LIBRARIES or library.name in catalog.stores:
            problems.append(
                f"libraries: '{library.name}' is a reserved name; choose another, such as {library.name}-lib"
            )
        if why := path_problem(library_path(library)):
            problems.append(f"libraries: '{library.name}': {why}")
    return problems + _nested("libraries", [(library.name, library_path(library)) for library in items])


def _valid_libraries(answers: Mapping[str, Any]) -> list[LibraryAnswer] | None:
    """Return the libraries of the other answers as far as they are sound, None where that answer is not there yet."""
    given = answers.get("libraries")
    if not isinstance(given, list):
        return None
    found = []
    for entry in given:
        try:
            found.append(LibraryAnswer.model_validate(entry))
        except ValidationError:
            # Its own answer's check says what is wrong with it.
            continue
    return found


def _services(question: str, value: Any, answers: Mapping[str, Any], catalog: Catalog) -> list[str]:
    preset = answers.get("preset")
    known = catalog.presets.get(preset) if isinstance(preset, str) else None
    try:
        entries = completed(value, known)
        added = added_by(known, parse_services(value))
    except ValueError as error:
        return [str(error)]
    if not entries:
        return ["services: there is none; name at least one, such as backend:fastapi"]

    def where(location: tuple[Any, ...]) -> str:
        if not location:
            return "services"
        entry = entries[location[0]]
        name = entry.get("name") if isinstance(entry, dict) else None
        return f"services: {shown(name)}" if isinstance(name, str) and name else f"services, entry {location[0] + 1}"

    if len(entries) > MAX_SERVICES:
        return [f"services: {len(entries)} services are more than {MAX_SERVICES}; split the repository"]
    try:
        services = _SERVICES.validate_python(entries)
    except ValidationError as error:
        names = [name for entry in entries if isinstance(entry, dict) and isinstance(name := entry.get("name"), str)]
        return _sentences(
            error, where, ServiceAnswer.model_fields, "services", {"needs": [*catalog.stores, *dict.fromkeys(names)]}
        )
    libraries = _valid_libraries(answers)
    # What an author has not written needs a word about where it comes from.
    gifts = {
        (service.name, field): f" (from the preset {preset})"
        for service, more in zip(services, added, strict=True)
        for field in more
    }
    return _kinds(services, catalog) or [
        *_names(services, libraries, catalog),
        *_needs(services, libraries, catalog, gifts),
        *_paths(services, libraries),
        *_ports(services, catalog),
        *_options(services, catalog),
        *_volumes(services, catalog),
        *_sizes(services),
        *_env(services, catalog),
    ]


def _kinds(services: list[ServiceAnswer], catalog: Catalog) -> list[str]:
    known = listing(catalog.kinds)
    return [
        f"services: '{s.name}': unknown kind '{s.kind}'{near(s.kind, catalog.kinds)}; known are {known}"
        for s in services
        if s.kind not in catalog.kinds
    ]


def _names(services: list[ServiceAnswer], libraries: list[LibraryAnswer] | None, catalog: Catalog) -> list[str]:
    problems = _twice("services", [s.name for s in services])
    library_names = {library.name for library in libraries or ()}
    names = {s.name for s in services}
    for service in services:
        name = f"services: '{service.name}' is"
        if service.name in RESERVED_NAMES:
            problems.append(f"{name} a reserved name; choose another, such as {service.name}-api")
        elif service.name in catalog.stores:
            problems.append(f"{name} the name of a store; name it in `needs`, or choose another name")
        elif service.name in library_names:
            problems.append(f"{name} also the name of a library; choose another name")
        problems += [
            f"services: '{taken}' is the name of {what} of '{service.name}'; choose another name"
            for taken, what in derived_names(service.name).items()
            if taken in names
        ]
    return problems


_Gifts = Mapping[tuple[str, str], str]


def _needs(
    services: list[ServiceAnswer], libraries: list[LibraryAnswer] | None, catalog: Catalog, gifts: _Gifts
) -> list[str]:
    problems: list[str] = []
    kinds = {s.name: s.kind for s in services}
    known = {library.name: library.kind for library in libraries or ()}
    for service in services:
        usable = catalog.kinds[service.kind].libraries
        by = gifts.get((service.name, "needs"), "")
        problems += [
            why for need in service.needs or () if (why := _need_problem(service, need, by, kinds, catalog)) is not None
        ]
        by = gifts.get((service.name, "libraries"), "")
        problems += [
            f"services: '{service.name}' uses the library '{library}'{by}, unknown to `libraries`"
            f"{near(library, known) or _libraries_remedy(service, by)}"
            for library in service.libraries or ()
            if libraries is not None and library not in known
        ]
        problems += [
            f"services: '{service.name}' is of kind {service.kind}, which cannot use the {known[library]} library "
            f"'{library}'{by}; " + (f"it can use {listing(usable)} libraries" if usable else "leave that out")
            for library in service.libraries or ()
            if library in known and known[library] not in usable
        ]
    if not problems:
        found = graph.cycle({s.name: [n for n in s.needs or () if n in kinds] for s in services})
        if found:
            circle = [*found[:3], "…", *found[-2:]] if len(found) > 6 else found
            problems.append(
                f"services: {' needs '.join(circle)}; take one of these needs away, a stack cannot start in a circle"
            )
    return problems


def _libraries_remedy(service: ServiceAnswer, by: str) -> str:
    if by:
        return f"; give '{service.name}' as YAML with libraries: [], or leave `libraries` out"
    return "; name it there, with its kind"


def _options(services: list[ServiceAnswer], catalog: Catalog) -> list[str]:
    problems = []
    for service in services:
        accepted = catalog.kinds[service.kind].accepts
        given = {"external_api": service.external_api, "gpu": service.gpu, "volumes": service.volumes}
        for option, value in given.items():
            if value and option not in accepted:
                able = [name for name, kind in catalog.kinds.items() if option in kind.accepts]
                problems.append(
                    f"services: '{service.name}' is of kind {service.kind}, which has no use for {option}; leave it out"
                    + (f", or use the kind {' or '.join(able)}" if able else "")
                )
    return problems


def _volumes(services: list[ServiceAnswer], catalog: Catalog) -> list[str]:
    problems = []
    able = [name for name, kind in catalog.kinds.items() if kind.writes_volumes]
    writers: dict[str, list[str]] = {}
    for service in services:
        volumes = service.volumes or []
        problems += [
            f"services: '{service.name}' has the volume '{volume.name}' twice; name it once"
            for number, volume in enumerate(volumes)
            if volume.name in [other.name for other in volumes[:number]]
        ]
        for volume in volumes:
            writers.setdefault(volume.name, [])
            if not volume.read_only:
                writers[volume.name].append(service.name)
                kind = catalog.kinds[service.kind]
                if "volumes" in kind.accepts and not kind.writes_volumes:
                    problems.append(
                        f"services: '{service.name}' is of kind {service.kind}, which only reads volumes; give "
                        f"'{volume.name}' read_only: true there, and let a service of kind {' or '.join(able)} write it"
                    )
                if (service.replicas or 1) > 1:
                    problems.append(
                        f"services: '{service.name}' writes the volume '{volume.name}', which one pod may; leave out "
                        "replicas"
                    )
            elif volume.layers:
                problems.append(
                    f"services: '{service.name}' only reads the volume '{volume.name}'; its writer names the layers"
                )
    for name, found in writers.items():
        if not found:
            problems.append(f"services: nobody writes the volume '{name}'; leave read_only out where it is written")
        elif len(set(found)) > 1:
            problems.append(
                f"services: {listing(dict.fromkeys(found))} write the volume '{name}'; one may, give the others "
                "read_only: true"
            )
    if not problems:
        # In Kubernetes a reader's pod waits for the writer's, and where a service is to run can be changed later.
        owner = {name: found[0] for name, found in writers.items()}
        cycle = graph.cycle({s.name: [owner[v.name] for v in s.volumes or () if v.read_only] for s in services})
        if cycle:
            circle = " reads a volume of ".join([*cycle[:3], "…", *cycle[-2:]] if len(cycle) > 6 else cycle)
            problems.append(
                f"services: {circle}; let one of them write what these share, pods that wait for each other never start"
            )
    return problems


def _need_problem(service: ServiceAnswer, need: str, by: str, kinds: Mapping[str, str], catalog: Catalog) -> str | None:
    usable = catalog.kinds[service.kind].stores
    if need == service.name:
        return f"services: '{service.name}' needs itself; leave that out"
    if need in catalog.stores and need not in usable:
        remedy = f"it can use {listing(usable)}" if usable else "let a service of another kind use it"
        return f"services: '{service.name}' is of kind {service.kind}, which cannot use {need}; {remedy}"
    if need in catalog.stores and catalog.stores[need].accounts and service.name.startswith("pg-"):
        return f"services: '{service.name}' has an account of its name in {need}, which keeps pg- for itself; rename it"
    if need in kinds and "function" in (catalog.kinds[service.kind].role, catalog.kinds[kinds[need]].role):
        return (
            f"services: '{service.name}' needs '{need}'{by}, but a function neither calls nor is called by the "
            "services here; leave that out"
        )
    if need not in kinds and need not in catalog.stores:
        return (
            f"services: '{service.name}' needs '{need}'{by}, which is neither a store nor a service"
            f"{near(need, [*catalog.stores, *sorted(kinds)])}; stores are {listing(catalog.stores)}"
            + (f"; write {service.name}:{service.kind} > and what it needs" if by else "")
        )
    return None


def _paths(services: list[ServiceAnswer], libraries: list[LibraryAnswer] | None) -> list[str]:
    paths = [(s.name, service_path(s)) for s in services]
    problems = [f"services: '{name}': {why}" for name, path in paths if (why := path_problem(path))]
    return problems + _nested(
        "services", [*paths, *((library.name, library_path(library)) for library in libraries or ())]
    )


def _ports(services: list[ServiceAnswer], catalog: Catalog) -> list[str]:
    problems = []
    owner: dict[int, str] = {}
    for name, store in catalog.stores.items():
        if any(name in (s.needs or ()) for s in services):
            owner |= dict.fromkeys(store.host_ports, name)
    for service in services:
        name = f"services: '{service.name}'"
        for port, what in ((service.port, "port"), (service.debug_port, "debug port")):
            if port is None:
                continue
            if port in owner:
                problems.append(
                    f"{name}: {what} {port} is already taken by '{owner[port]}'; choose another, or leave it out"
                )
            owner[port] = service.name
        if service.debug_port and not catalog.kinds[service.kind].debug_port:
            problems.append(f"{name}: a {service.kind} service has no debugger; leave out debug_port")
    if not problems and any(p > 65535 for pair in ports(services, catalog) for p in pair if p):
        problems.append("services: no free port is left up to 65535; give some services lower ports")
    return problems


def _sizes(services: list[ServiceAnswer]) -> list[str]:
    problems = []
    for service in services:
        given = service.resources
        name = f"services: '{service.name}'"
        if given and given.cpu is not None and not CPU_RANGE[0] <= parse_cpu(given.cpu) <= CPU_RANGE[1]:
            problems.append(f"{name}: {shown(given.cpu)} is not a valid cpu; {HINTS['cpu']}")
        if given and given.memory and not MEMORY_RANGE[0] <= parse_memory(given.memory) <= MEMORY_RANGE[1]:
            problems.append(f"{name}: '{given.memory}' is not a valid memory; {HINTS['memory']}")
    return problems


# Set by the template, or read by the tools themselves from the same `.env`.
_OWN_VARIABLES: Final = frozenset(
    {"BIND_ADDRESS", "ENVIRONMENT", "GID", "HOME", "HOSTNAME", "LOG_LEVEL", "PATH", "PORT", "PWD", "REGISTRY", "SHELL",
     "TAG", "UID", "USER", "EXTERNAL_API_KEY", "EXTERNAL_API_URL", "ACCOUNTS", "ACCOUNT_RIGHTS"}
)  # fmt: skip
_OWN_STARTS: Final = ("BUILDKIT_", "BUILDX_", "COMPOSE_", "DOCKER_")


def reserved_variables(services: Iterable[str], catalog: Catalog) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the variables that the template sets in a stack of services of these names, and starts of such names."""
    kinds = catalog.kinds.values()
    derived = {f"{env_name(name)}_{end}" for name in services for end in ("URL", "HOST_PORT", "DEBUG_PORT")}
    own = {v.name for kind in kinds for v in (*kind.variables, *kind.development.variables)}
    derived |= {f"{env_name(name)}_{variable}" for name in services for kind in kinds for variable in kind.settable}
    return _OWN_VARIABLES | derived | own, (*_OWN_STARTS, *(f"{env_name(name)}_" for name in catalog.stores))


def _env(services: list[ServiceAnswer], catalog: Catalog) -> list[str]:
    problems = []
    names, starts = reserved_variables([s.name for s in services], catalog)
    names |= {
        f"{env_name(volume.name)}_{end}" for s in services for volume in s.volumes or () for end in ("PATH", "LAYERS")
    }
    for service in services:
        for key, value in (service.env or {}).items():
            where = f"services: '{service.name}': env {key}"
            if is_secret_name(key) or is_secret_value(value):
                problems.append(
                    f"{where} looks like a secret, and answers are committed; put it in a file, its path in "
                    f"{key[:40]}_FILE"
                )
            elif (key in names and key not in catalog.kinds[service.kind].settable) or key.startswith(starts):
                problems.append(f"{where} is set by the template; choose another name")
    return problems


def _twice(question: str, names: list[str]) -> list[str]:
    return [
        f"{question}: the name '{name}' is used twice; names must differ"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]


def _nested(question: str, paths: list[tuple[str, str]]) -> list[str]:
    problems = []
    # Sorted by parts, a folder is directly followed by what is inside it.
    ordered = sorted((path.lower().split("/"), name, path) for name, path in paths)
    outer: tuple[list[str], str, str] | None = None
    for parts, name, path in ordered:
        if outer and parts[: len(outer[0])] == outer[0]:
            how = "is also" if parts == outer[0] else "is inside"
            problems.append(
                f"{question}: the folder {shown(path)} of '{name}' {how} the folder {shown(outer[2])} of '{outer[1]}'; "
                "keep them apart"
            )
        else:
            outer = (parts, name, path)
    return problems


_CHECKS: Final[Mapping[str, Callable[[str, Any, Mapping[str, Any], Catalog], list[str]]]] = {
    "project_slug": _slug,
    "preset": _preset,
    "registry": _registry,
    "libraries": _libraries,
    "services": _services,
}
