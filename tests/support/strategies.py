"""Hypothesis strategies of valid answers: every value that they make is one that the questionnaire accepts.

Kinds and stores come from the catalog, so a new one is drawn without a change here.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Callable, Sequence
from typing import Any, get_args

from hypothesis import assume
from hypothesis import strategies as st

from model.answers import Feature, Platform, Target
from model.names import (
    DOMAIN_PATTERN,
    OWNER_PATTERN,
    REGISTRY_PATTERN,
    RESERVED_NAMES,
    TEXT_PATTERN,
    VARIABLE_PATTERN,
    path_problem,
    slug_problem,
)
from model.problems import of, reserved_variables
from model.sensitive import is_secret_name, is_secret_value
from support.catalog import QUESTIONS, catalog, refusals

Answers = dict[str, Any]
Library = dict[str, str]
Service = dict[str, Any]

# Characters and words that other formats have their own ideas about: YAML, shells, HCL, TOML, HTML, Compose.
AWKWARD = "'#:@!%&*|?,;()[]=~^+-_./ éßñ中文日本🚀½"
WORDS = [
    "no", "yes", "on", "off", "null", "none", "true", "y", "n", "1", "1.0", "0x10", "1e3", "010", "12:30", "2026-01-01",
    "- item", "key: value", "# comment", "a #b", "@at", "%percent", "!tag", "&anchor", "*alias", "|", "'quoted'", "it's",
    "100%", "a=b", "a;b", "a|b", "~", "=", "?", "[]", "[a, b]", "(x)", "%s", "%%", "*/5 * * * *", "a/b", "..", "://",
    "https://example.com/?q=1&r=2#top", "café", "naïve Ünïcödé", "東京", "🚀 rocket", "Tom & Jerry", "x, y: z", "-", "--flag",
]  # fmt: skip

_letters = st.sampled_from(string.ascii_lowercase)
_label_end = st.sampled_from(string.ascii_lowercase + string.digits)
_label_middle = st.text(string.ascii_lowercase + string.digits + "-", max_size=10)
_tricky_labels = st.sampled_from(
    ["a", "x1", "no", "on", "y", "null", "true", "api", "web", "app", "core", "env", "lib", "build", "dist", "target", "src",
     "backend", "frontend", "static", "class", "import", "async", "def", "json", "main", "settings", "a-b", "a--b", "a-1",
     "x" * 40, "postgres-2", "log", "port", "path", "user", "data", "tmp", "bin", "service", "stack", "item", "images",
     "e2e", "worker", "gateway", "network", "volumes", "secrets", "configs", "token", "services", "version", "group", "production-2"]
)  # fmt: skip


@functools.cache
@st.composite
def labels(draw: st.DrawFn) -> str:
    """Return DNS labels of 1 to 40 characters."""
    if draw(st.booleans()):
        return draw(_tricky_labels)
    label = draw(_letters) + draw(_label_middle)
    return label if label[-1] != "-" else label + draw(_label_end)


def fitting(strategy: st.SearchStrategy[str], pattern: str, longest: int) -> st.SearchStrategy[str]:
    """Return what a strategy makes, cut to size and limited to full matches of a pattern."""
    whole = re.compile(pattern)
    return strategy.map(lambda text: text[:longest]).filter(lambda text: bool(text and whole.fullmatch(text)))


@functools.cache
def texts(longest: int) -> st.SearchStrategy[str]:
    """Return one-line texts with characters that are awkward somewhere, but legal."""
    free = st.text(string.ascii_letters + string.digits + AWKWARD, min_size=1, max_size=min(longest, 40))
    joined = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
    text = fitting(st.one_of(st.sampled_from(WORDS), joined, free), TEXT_PATTERN, longest)
    return text.filter(lambda value: not is_secret_value(value))


@functools.cache
@st.composite
def paths(draw: st.DrawFn) -> str:
    """Return folders inside the repository, up to six deep."""
    part = st.one_of(
        labels(),
        st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=10),
        st.sampled_from(
            ["Services", "API.v2", "my_app", "a.b", "1st", "build", "dist", "lib", "env", "var", "coverage", "logs"]
        ),
    )
    path = "/".join(draw(st.lists(part, min_size=1, max_size=draw(st.sampled_from([1, 2, 2, 3, 6])))))
    assume(len(path) <= 100 and re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){0,5}", path))
    assume(path_problem(path) is None)
    return path


def variables(services: list[str]) -> st.SearchStrategy[str]:
    """Return names of environment variables that the template leaves to the services of these names."""
    names, starts = reserved_variables(services, catalog())
    name = st.one_of(
        st.sampled_from(
            ["A", "X_1", "FEATURE_FLAGS", "NO", "TZ", "LANG", "DEBUG", "HTTP_PROXY", "WORKERS", "GREETING"]
        ),
        st.text(string.ascii_uppercase + string.digits + "_", min_size=1, max_size=20),
    )
    return fitting(name, VARIABLE_PATTERN, 63).filter(
        lambda text: text not in names and not text.startswith(starts) and not is_secret_name(text)
    )


@functools.cache
def resources() -> st.SearchStrategy[dict[str, str]]:
    """Return limits: CPU and memory, each of which may be left out."""
    cpu = st.one_of(
        st.integers(10, 64_000).map(lambda n: f"{n}m"),
        st.integers(1, 64).map(str),
        st.sampled_from(["0.5", "1.25", "2.125"]),
    )
    memory = st.one_of(st.integers(16, 262_144).map(lambda n: f"{n}Mi"), st.integers(1, 256).map(lambda n: f"{n}Gi"))
    return st.fixed_dictionaries({}, optional={"cpu": cpu, "memory": memory})


@functools.cache
def _names(count: int) -> st.SearchStrategy[list[str]]:
    # pg- at their start is PostgreSQL's own, in the names of accounts.
    names = labels().filter(
        lambda name: name not in RESERVED_NAMES and name not in catalog().stores and not name.startswith("pg-")
    )
    return st.lists(names, min_size=count, max_size=count, unique=True).filter(
        lambda chosen: not any(f"{name}-prepare" in chosen for name in chosen)
    )


def _apart(path: str, taken: list[str]) -> bool:
    mine = path.lower().split("/")
    return all(
        mine[: len(theirs)] != theirs and theirs[: len(mine)] != mine
        for theirs in (other.lower().split("/") for other in taken)
    )


@functools.cache
def slugs() -> st.SearchStrategy[str]:
    """Return short names of projects."""
    return labels().filter(lambda label: slug_problem(label) is None)


@functools.cache
def sizes() -> st.SearchStrategy[int]:
    """Return numbers of services, mostly few, up to 30."""
    return st.one_of(st.integers(1, 4), st.integers(1, 4), st.integers(1, 30))


@st.composite
def services(
    draw: st.DrawFn,
    size: st.SearchStrategy[int] | None = None,
    preset: str = "custom",
    libraries: Sequence[Library] = (),
) -> list[Service]:
    """Return lists of services with acyclic needs; what `preset` would complete is said of each."""
    names = draw(_names(draw(sizes() if size is None else size)))
    known = {(service["name"], service["kind"]): service for service in catalog().presets[preset].services}
    chosen: list[Service] = []
    for name in names:
        kind = draw(st.sampled_from(sorted(catalog().kinds)))
        service: Service = {"name": name, "kind": kind}
        # Needing only services that come earlier keeps needs acyclic; the list is shuffled in the end.
        usable = [*catalog().kinds[kind].stores]
        if catalog().kinds[kind].role != "function":
            usable += [other["name"] for other in chosen if catalog().kinds[other["kind"]].role != "function"]
        needs = draw(st.lists(st.sampled_from(usable), max_size=4, unique=True)) if usable else []
        if needs or (name, kind) in known or draw(st.booleans()):
            service["needs"] = needs
        if (name, kind) in known:
            service["path"] = f"services/{name}"
            service |= {field: [] for field in ("libraries", "volumes") if field in known[name, kind]}
        chosen.append(service)
    _details(draw, chosen, libraries)
    _volumes(draw, chosen)
    return draw(st.permutations(chosen))


def _volumes(draw: st.DrawFn, chosen: list[Service]) -> None:
    """Let some services that can share a data volume: the first writes it, the others read it.

    Nobody reads what a later one writes, for pods that wait for each other never start.
    """
    able = [service for service in chosen if "volumes" in catalog().kinds[service["kind"]].accepts]
    writers = [service for service in able if catalog().kinds[service["kind"]].writes_volumes]
    for name in draw(st.lists(st.sampled_from(["market", "a-1", "index"]), max_size=2, unique=True)) if writers else []:
        first = draw(st.sampled_from(writers))
        others = draw(st.lists(st.sampled_from(able), max_size=2, unique_by=lambda user: user["name"]))
        users = [first, *(other for other in others if able.index(other) > able.index(first))]
        writer: dict[str, Any] = {"name": name}
        if draw(st.booleans()):
            writer["layers"] = draw(st.lists(labels(), min_size=1, max_size=3, unique=True))
        for number, user in enumerate(users):
            user.setdefault("volumes", []).append({"name": name, "read_only": True} if number else writer)
        users[0].pop("replicas", None)


def _details(draw: st.DrawFn, chosen: list[Service], libraries: Sequence[Library]) -> None:
    """Give some services what the one-line form cannot say."""
    folders = [f"services/{service['name']}" for service in chosen]
    others = [library.get("path", f"libs/{library['name']}") for library in libraries]
    taken = {store.port for store in catalog().stores.values()}
    names = [service["name"] for service in chosen]
    for number, service in enumerate(chosen):
        if draw(st.sampled_from([True, False, False])):
            path = draw(paths())
            if _apart(path, [*folders[:number], *folders[number + 1 :], *others]):
                folders[number] = service["path"] = path
        ports = ["port", "debug_port"] if catalog().kinds[service["kind"]].debug_port else ["port"]
        for field in ports:
            if draw(st.sampled_from([True, False, False, False])):
                port = draw(
                    st.one_of(st.integers(1024, 65535), st.sampled_from([1024, 3000, 5000, 8000, 8001, 8080, 65535]))
                )
                if port not in taken:
                    taken.add(port)
                    service[field] = port
        kind = catalog().kinds[service["kind"]]
        usable = [library["name"] for library in libraries if library["kind"] in kind.libraries]
        # Made when they are drawn: most services have two of them at most.
        options: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
            "gpu": st.booleans,
            "external_api": lambda: st.sampled_from(["https://api.example.com", "http://10.0.0.1:8080/v1/"]),
        }
        optional: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
            **{option: strategy for option, strategy in options.items() if option in kind.accepts},
            "public": st.booleans,
            "replicas": lambda: st.integers(1, 100),
            "resources": resources,
            "libraries": functools.partial(subsets, usable) if usable else lambda: st.just([]),
            "env": lambda: st.dictionaries(variables(names), texts(500), max_size=4),
        }
        for field in draw(st.lists(st.sampled_from(sorted(optional)), max_size=2, unique=True)):
            service[field] = draw(optional[field]())


@st.composite
def libraries(draw: st.DrawFn) -> list[Library]:
    """Return lists of shared libraries, with names that no service has."""
    names = st.sampled_from(["common", "lib-a", "shared-types", "z9-lib"])
    return [
        {"name": name, "kind": draw(st.sampled_from(sorted(catalog().libraries)))}
        | ({"path": f"packages/{name}"} if draw(st.booleans()) else {})
        for name in draw(st.lists(names, max_size=3, unique=True))
    ]


@st.composite
def lines(draw: st.DrawFn, preset: str = "custom") -> str:
    """Return the one-line form of `services`."""
    return line(
        draw(plain_services(preset)),
        draw(st.sampled_from([" > ", ">", " >  "])),
        draw(st.sampled_from([", ", ",", " ,\n"])),
    )


@st.composite
def plain_services(draw: st.DrawFn, preset: str = "custom") -> list[Service]:
    """Return lists of services that the one-line form can say too."""
    chosen = draw(services(preset=preset))
    # A line cannot say that a service has none of the volumes and libraries that the preset gives it.
    completed = {
        (s["name"], s["kind"]) for s in catalog().presets[preset].services if "volumes" in s or "libraries" in s
    }
    assume(not any((service["name"], service["kind"]) in completed for service in chosen))
    return [
        {key: value for key, value in service.items() if key in ("name", "kind", "port", "needs")} for service in chosen
    ]


def line(chosen: list[Service], arrow: str = " > ", comma: str = ", ") -> str:
    """Write services in their one-line form."""
    return comma.join(
        f"{service['name']}:{service['kind']}"
        + (f":{service['port']}" if "port" in service else "")
        + (arrow + " + ".join(service["needs"]) if "needs" in service else "")
        for service in chosen
    )


@functools.cache
def domains() -> st.SearchStrategy[str]:
    """Return host names with at least one dot."""
    part = labels().map(lambda label: label[:20].rstrip("-"))
    return fitting(st.lists(part, min_size=2, max_size=4).map(".".join), DOMAIN_PATTERN, 200)


@functools.cache
@st.composite
def registries(draw: st.DrawFn) -> str:
    """Return registries: a host, perhaps a port and a path."""
    host = draw(
        st.one_of(st.sampled_from(["ghcr.io", "docker.io", "localhost", "registry.example.com", "10.0.0.1"]), domains())
    )
    port = draw(st.sampled_from(["", "", f":{draw(st.integers(10, 65535))}"]))
    part = fitting(
        st.sampled_from(["acme", "a", "a-b", "team_x", "x.y", "a1"]) | labels(), r"[a-z0-9]+([._-][a-z0-9]+)*", 40
    )
    path = draw(st.lists(part, max_size=4))
    registry = "/".join([host + port, *path])
    assume(len(registry) <= 200 and re.fullmatch(REGISTRY_PATTERN, registry))
    return registry


@functools.cache
def owners() -> st.SearchStrategy[str]:
    """Return GitHub users and organisations."""
    known = st.sampled_from(["acme", "Acme-Inc", "a", "A1", "9lives", "no", "x" * 39])
    return fitting(known | labels(), OWNER_PATTERN, 39)


def subsets(items: list[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    """Return lists of different items."""
    return st.lists(st.sampled_from(items), min_size=least, unique=True)


@st.composite
def answers(draw: st.DrawFn, size: st.SearchStrategy[int] | None = None) -> Answers:
    """Return valid answers: sometimes all are given, sometimes a few, and the others are the questionnaire's."""
    preset = draw(st.sampled_from(sorted(catalog().presets)))
    shared = draw(st.one_of(st.just([]), libraries()))
    given: Answers = {
        "project_name": draw(texts(60)),
        "project_slug": draw(slugs()),
        "description": draw(texts(200)),
        "owner": draw(owners()),
        "preset": preset,
        "registry": draw(registries()),
        "libraries": shared,
        "services": draw(st.one_of(services(size, preset, shared), services(size, preset, shared), lines(preset))),
        "deploy": draw(subsets([*get_args(Target)])),
        "domain": draw(domains()),
        "platforms": draw(subsets([*get_args(Platform)], 1)),
        "features": draw(subsets([*get_args(Feature)])),
    }
    taken = {library["name"] for library in shared}
    chosen = given["services"] if isinstance(given["services"], list) else []
    assume(not taken & {service["name"] for service in chosen})
    assume(isinstance(given["services"], list) or not shared)
    folders = [library.get("path", f"libs/{library['name']}") for library in shared]
    assume(all(_apart(service.get("path", f"services/{service['name']}"), folders) for service in chosen))
    for name in QUESTIONS:
        found = of(name, given[name], given, catalog())
        assert not found, f"the strategy made a bad answer: {found}"
    if draw(st.booleans()):
        return given
    # The services and libraries above were made for their preset, and for each other.
    left_out = draw(subsets([name for name in QUESTIONS if name not in ("preset", "libraries", "services")]))
    few = {name: value for name, value in given.items() if name not in left_out}
    found = refusals(few)
    assert not found, f"the questionnaire offers what it refuses: {found}"
    return few
