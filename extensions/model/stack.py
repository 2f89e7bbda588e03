"""The Stack: one immutable object that says everything a generated repository contains.

Every default, port, name, resource figure, image reference and order is decided here, once.
Templates print it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from string import Template
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict

from . import graph
from .answers import Answers, LibraryAnswer, ServiceAnswer, VolumeAnswer, parse_services
from .catalog import BuildSecret, Catalog, Debugger, Kind, Language, LibraryKind, Mount, Preset, Store, Variable
from .units import Resources, parse_cpu, parse_memory

SHARED_VARIABLES: Final = (
    Variable(name="LOG_LEVEL", value="info", help="how much is logged: debug, info, warning or error"),
)


# MiB that an editor takes in the container where it works: its server, its extensions, a language server.
EDITOR_MEMORY: Final = 2048

# What a data volume holds when its writer names no folders.
DEFAULT_LAYERS: Final = ("records",)


class Environment(NamedTuple):
    """A place in Kubernetes where the stack runs.

    `replicas` replaces the services' own numbers; `subdomain` keeps its hosts apart from those of production.
    """

    name: str
    log_level: str
    replicas: int | None
    subdomain: str | None


ENVIRONMENTS: Final = (
    Environment(name="staging", log_level="debug", replicas=1, subdomain="staging"),
    Environment(name="production", log_level="info", replicas=None, subdomain=None),
)


class Frozen(BaseModel):
    """Base of the derived parts: immutable."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class Upstream(NamedTuple):
    """A service that another one calls: its name, port, base URL, the variable that carries it, its example."""

    name: str
    port: int
    url: str
    env: str
    example: str | None


class Secret(NamedTuple):
    """A secret value.

    `name` is its file, `variable` the environment variable of the container (`<variable>_FILE` says where the
    file is), `setting` the variable of `.env` that replaces its value in development, `owner` the service or
    store that it belongs to. One that is not `generated` comes from somebody else; one that is `kept` is in the
    data of its store.
    """

    name: str
    variable: str
    setting: str
    help: str
    owner: str
    generated: bool = True
    kept: bool = False

    @property
    def resource(self) -> str:
        """The name of the Secret that holds it in Kubernetes."""
        return self.name.replace("_", "-")


class Account(NamedTuple):
    """A service's user of a store, with the name that the store knows it by."""

    service: str
    user: str
    secret: Secret


class Volume(NamedTuple):
    """A data volume as one service sees it; `env` and `layers_env` carry its folder and the folders in it."""

    name: str
    path: str
    env: str
    layers_env: str
    layers: tuple[str, ...]
    read_only: bool

    @property
    def key(self) -> str:
        """The name of the volume in Compose and of the claim in Kubernetes."""
        return f"{self.name}-volume"


class SharedVolume(NamedTuple):
    """A data volume of the stack: who writes it, who reads it, and the folders in it."""

    name: str
    writer: str
    readers: tuple[str, ...]
    layers: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name of the volume in Compose and of the claim in Kubernetes."""
        return f"{self.name}-volume"


class StackStore(Frozen):
    """A store of this stack with the names of the services that use it."""

    name: str
    spec: Store
    image: str
    users: tuple[str, ...]
    variables: tuple[Variable, ...]
    accounts: tuple[Account, ...]
    secret: Secret
    command: tuple[str, ...]
    healthcheck: tuple[str, ...]
    liveness: tuple[str, ...]
    shell: str
    backup: str | None
    restore: str | None

    @property
    def limits(self) -> Resources:
        return self.spec.limits.resources

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Its administrator's, and those of the accounts that it keeps."""
        return (self.secret, *(account.secret for account in self.accounts))

    @cached_property
    def account_users(self) -> str:
        """The names of its accounts, with spaces between."""
        return " ".join(account.user for account in self.accounts)


class Library(Frozen):
    """A shared library with the names of the services that use it.

    `folder` is where their images have it, `source` what is in it of this folder.
    """

    name: str
    kind: str
    spec: LibraryKind
    path: str
    users: tuple[str, ...]

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    @property
    def folder(self) -> str:
        return f"{self.spec.folder}/{self.name}"

    @property
    def source(self) -> str:
        return f"{self.folder}/{self.spec.source}"

    @cached_property
    def test(self) -> str:
        return Template(self.spec.test).substitute(folder=self.folder)


class Service(Frozen):
    """A service of this stack, with everything derived."""

    name: str
    kind: str
    spec: Kind
    language: Language
    debugger: Debugger | None
    path: str
    port: int
    debug_port: int | None
    public: bool
    host: str | None
    image: str
    replicas: int
    resources: Resources
    stores: tuple[str, ...]
    upstreams: tuple[Upstream, ...]
    libraries: tuple[Library, ...]
    volumes: tuple[Volume, ...]
    gpu: bool
    external_api: str | None
    variables: tuple[Variable, ...]
    env: tuple[Variable, ...]
    secrets: tuple[Secret, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        return (*self.stores, *(upstream.name for upstream in self.upstreams))

    @property
    def relational(self) -> bool:
        """Whether it keeps rows in PostgreSQL or a store that is PostgreSQL inside."""
        return not {"postgres", "timescaledb"}.isdisjoint(self.stores)

    @property
    def time_series(self) -> bool:
        """Whether it keeps measurements in a store made for them."""
        return not {"timescaledb", "questdb"}.isdisjoint(self.stores)

    @property
    def package(self) -> str:
        return self.name.replace("-", "_")

    @property
    def env_prefix(self) -> str:
        """What its own variables begin with where all services' are together: `HISTORY_API`."""
        return env_name(self.name)

    @property
    def max_replicas(self) -> int:
        """How far load may raise the number of pods."""
        return self.replicas * 3

    @property
    def development_resources(self) -> Resources:
        return self.spec.development_limits.resources

    @property
    def editor_resources(self) -> Resources:
        """What its development container needs with an editor's server and language server inside."""
        limits = self.development_resources
        return Resources.limited(limits.cpu, limits.memory + EDITOR_MEMORY)

    @property
    def deployed(self) -> bool:
        """Whether it runs as a container outside development too."""
        return self.spec.role != "function"

    @property
    def scales(self) -> bool:
        """Whether load may add pods: a worker's would do the same work, and a volume has one writer."""
        return self.spec.role in ("api", "web") and not self.writes

    @property
    def several(self) -> bool:
        """Whether it may have more than one pod."""
        return self.scales or self.replicas > 1

    @property
    def writes(self) -> bool:
        """Whether it writes a data volume."""
        return any(not volume.read_only for volume in self.volumes)

    @property
    def outbound(self) -> bool:
        """Whether it calls hosts on the internet."""
        return self.spec.outbound or self.external_api is not None

    @cached_property
    def example(self) -> str | None:
        """What its skeleton shows."""
        return example(self.spec, self.stores, bool(self.volumes))

    @cached_property
    def prepare(self) -> tuple[str, ...] | None:
        """The command that has to succeed before it starts, if there is anything to prepare."""
        spec = self.spec.prepare
        if spec and (self.prepared_stores or (spec.volumes and self.writes)):
            return spec.command
        return None

    @cached_property
    def prepared_stores(self) -> tuple[str, ...]:
        """The stores that `prepare` needs."""
        return tuple(store for store in self.stores if self.spec.prepare and store in self.spec.prepare.stores)

    @cached_property
    def healthcheck(self) -> tuple[str, ...]:
        return tuple(Template(part).substitute(port=self.port) for part in self.spec.healthcheck)

    @cached_property
    def development_healthcheck(self) -> tuple[str, ...]:
        own = self.spec.development.healthcheck
        return tuple(Template(part).substitute(port=self.port) for part in own) if own else self.healthcheck

    @property
    def prepare_name(self) -> str:
        return prepare_name(self.name)

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        return tuple(mount for mount in self.spec.development.mounts if mount.when is None or mount.when in self.stores)

    @cached_property
    def mount_paths(self) -> tuple[str, ...]:
        return tuple(mount.path for mount in self.mounts)

    @property
    def root(self) -> str:
        """The way from its folder to the repository's root."""
        return "/".join([".."] * (self.path.count("/") + 1))

    @property
    def dependencies_folder(self) -> str | None:
        """The folder of the repository on which the volume of dependencies is mounted, if it is in its own."""
        development = self.spec.development
        inside = development.dependencies.removeprefix(f"{development.workdir}/")
        return f"{self.path}/{inside}" if inside != development.dependencies else None

    @cached_property
    def folders(self) -> dict[str, str]:
        """Folder of the repository -> what a debugger calls it, of all that its container has."""
        root = Template(self.spec.debug_root or self.spec.development.workdir).substitute(image=self.image)
        return {self.path: root} | {library.path: library.folder for library in self.libraries}


class Stack(Frozen):
    """A generated repository."""

    name: str
    slug: str
    description: str
    owner: str
    registry: str
    domain: str
    services: tuple[Service, ...]
    stores: tuple[StackStore, ...]
    volumes: tuple[SharedVolume, ...]
    libraries: tuple[Library, ...]
    platforms: tuple[str, ...]
    deploy: tuple[str, ...]
    features: tuple[str, ...]
    images: dict[str, str]

    @property
    def page(self) -> str:
        """Where GitHub shows it."""
        return f"https://github.com/{self.owner}/{self.slug}"

    @property
    def kubernetes(self) -> bool:
        """Whether it is deployed to Kubernetes."""
        return "kubernetes" in self.deploy and bool(self.deployed)

    @property
    def gateway(self) -> bool:
        """Whether public services are reached through the Gateway API."""
        return bool(self.public) and not self.has("ingress")

    @property
    def ingress(self) -> bool:
        """Whether public services are reached through Ingress in place of the Gateway API."""
        return bool(self.public) and self.has("ingress")

    @property
    def environments(self) -> tuple[Environment, ...]:
        return ENVIRONMENTS if self.kubernetes else ()

    @property
    def compose(self) -> bool:
        """Whether it is deployed with Compose; development always runs on it."""
        return "compose" in self.deploy and bool(self.deployed)

    @property
    def delivered(self) -> bool:
        """Whether any of its services is deployed as a container."""
        return self.kubernetes or self.compose

    @cached_property
    def deployed(self) -> tuple[Service, ...]:
        """The services that run as containers outside development too."""
        return tuple(service for service in self.services if service.deployed)

    @cached_property
    def examples(self) -> frozenset[str]:
        """What the skeletons of its deployed services show."""
        return frozenset(service.example for service in self.deployed if service.example)

    @cached_property
    def web(self) -> tuple[Service, ...]:
        """The services that serve pages."""
        return tuple(service for service in self.services if service.spec.role == "web")

    @cached_property
    def fronted(self) -> frozenset[str]:
        """What is shown by those services that web services pass /api on to: the first that each needs."""
        behind = [self.by_name[service.upstreams[0].name] for service in self.web if service.upstreams]
        return frozenset(service.example for service in behind if service.example)

    @cached_property
    def scales(self) -> bool:
        """Whether load may add pods to any of its services."""
        return any(service.scales for service in self.deployed)

    @cached_property
    def functions(self) -> tuple[Service, ...]:
        """The services that are deployed as artefacts."""
        return tuple(service for service in self.services if not service.deployed)

    @cached_property
    def debugged_programs(self) -> tuple[Service, ...]:
        """The services whose debugger needs a command before."""
        return tuple(service for service in self.services if service.debugger and service.debugger.before)

    @property
    def database(self) -> str:
        return self.slug.replace("-", "_")

    @cached_property
    def build_order(self) -> tuple[str, ...]:
        return graph.order(self.graph)

    @cached_property
    def graph(self) -> dict[str, tuple[str, ...]]:
        """Name -> names that it needs, of libraries and services."""
        libraries: dict[str, tuple[str, ...]] = {library.name: () for library in self.libraries}
        services = {
            s.name: (*(library.name for library in s.libraries), *(u.name for u in s.upstreams)) for s in self.services
        }
        return libraries | services

    @cached_property
    def backed_up(self) -> tuple[StackStore, ...]:
        """The stores whose data can be copied while they run."""
        return tuple(store for store in self.stores if store.backup)

    @cached_property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret once: the stores', each followed by those of its accounts, then the services' own."""
        found = [secret for store in self.stores for secret in store.secrets]
        return tuple(dict.fromkeys([*found, *(secret for service in self.services for secret in service.secrets)]))

    def writers(self, service: Service) -> tuple[str, ...]:
        """Return the services that write a data volume which this one reads."""
        return tuple(dict.fromkeys(volume.writer for volume in self.volumes if service.name in volume.readers))

    def readers(self, service: Service) -> tuple[str, ...]:
        """Return the services that read a data volume which this one writes."""
        return tuple(dict.fromkeys(name for v in self.volumes if v.writer == service.name for name in v.readers))

    @cached_property
    def public(self) -> tuple[Service, ...]:
        return tuple(service for service in self.services if service.public)

    def host(self, service: Service, environment: Environment) -> str:
        """Return the host at which a public service is reached in an environment."""
        domain = f"{environment.subdomain}.{self.domain}" if environment.subdomain else self.domain
        return _host(service.name, [other.name for other in self.public], domain)

    def libraries_of(self, kind: str) -> tuple[Library, ...]:
        """Return the libraries of one kind, in order."""
        return tuple(library for library in self.libraries if library.kind == kind)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds in use, in the order of their first service."""
        return tuple({service.kind: service.spec for service in self.services}.values())

    @cached_property
    def build_secrets(self) -> tuple[BuildSecret, ...]:
        """What builds can be given, each once."""
        return tuple(dict.fromkeys(secret for kind in self.kinds for secret in kind.build_secrets))

    def built_with(self, secret: BuildSecret) -> tuple[Service, ...]:
        """Return the services whose builds can use a secret."""
        return tuple(service for service in self.services if secret in service.spec.build_secrets)

    @cached_property
    def by_name(self) -> dict[str, Service]:
        return {service.name: service for service in self.services}

    def of_kind(self, *kinds: str) -> tuple[Service, ...]:
        """Return the services of these kinds, in order."""
        return tuple(service for service in self.services if service.kind in kinds)

    def callers(self, name: str) -> tuple[str, ...]:
        """Return the names of the services that need this service or store."""
        return tuple(service.name for service in self.services if name in service.needs)

    def has(self, feature: str) -> bool:
        """Return whether this feature was asked for."""
        return feature in self.features


def env_name(name: str) -> str:
    """Return the upper snake case of a DNS label: `user-api` -> `USER_API`."""
    return name.replace("-", "_").upper()


def example(kind: Kind, stores: Iterable[str], volumes: bool) -> str | None:
    """Return the first example of a kind that a service with these stores and volumes can show."""
    there = {*stores, "volumes"} if volumes else {*stores}
    return next((item.name for item in kind.examples if item.when is None or item.when in there), None)


def prepare_name(name: str) -> str:
    """Return the name of the one-shot container that prepares what a service needs."""
    return f"{name}-prepare"


def derived_names(name: str) -> dict[str, str]:
    """Return the names that come with a service's own, each with what has it."""
    return {
        prepare_name(name): "the container that prepares what it needs",
        f"{name}-tests": "the container that tests it",
        f"{name}-development": "the build of its development image",
    }


def completed(value: Any, preset: Preset | None) -> list[Any]:
    """Return a `services` answer as a list in which the preset has filled in what its author left out.

    An entry takes a field from the preset's service of the same name and kind, but for a volume that
    none of these services writes. The items may still be malformed; ValueError when a line cannot be read.
    """
    entries = parse_services(value)
    added = added_by(preset, entries)
    result = [{**more, **entry} if more else entry for more, entry in zip(added, entries, strict=True)]
    written = {
        volume.get("name")
        for entry in result
        if isinstance(entry, dict) and isinstance(entry.get("volumes"), list)
        for volume in entry["volumes"]
        if isinstance(volume, dict) and isinstance(volume.get("name"), str) and not volume.get("read_only")
    }
    for more, entry in zip(added, result, strict=True):
        if "volumes" in more:
            entry["volumes"] = [volume for volume in more["volumes"] if volume["name"] in written]
    return result


def added_by(preset: Preset | None, entries: Iterable[Any]) -> list[dict[str, Any]]:
    """Return for each entry of `services` the fields that it takes from the preset."""
    known = {(s["name"], s["kind"]): s for s in (preset.services if preset else ())}
    found = []
    for entry in entries:
        named = isinstance(entry, dict) and isinstance(entry.get("name"), str) and isinstance(entry.get("kind"), str)
        service = known.get((entry["name"], entry["kind"]), {}) if named else {}
        found.append({field: value for field, value in service.items() if field not in entry})
    return found


def service_path(answer: ServiceAnswer) -> str:
    """Return the folder of a service."""
    return answer.path or f"services/{answer.name}"


def library_path(answer: LibraryAnswer) -> str:
    """Return the folder of a library."""
    return answer.path or f"libs/{answer.name}"


def ports(services: Sequence[ServiceAnswer], catalog: Catalog) -> list[tuple[int, int | None]]:
    """Return (port, debug port) of each service: as answered, else the kind's own or the next free one."""
    taken = {p for s in services for p in (s.port, s.debug_port) if p}
    used = {need for s in services for need in s.needs or () if need in catalog.stores}
    taken |= {port for store in used for port in catalog.stores[store].host_ports}
    result: list[tuple[int, int | None]] = []
    for service in services:
        kind = catalog.kinds[service.kind]
        port = service.port or _free(kind.port, taken)
        debug = service.debug_port or (_free(kind.debug_port, taken) if kind.debug_port else None)
        result.append((port, debug if kind.debug_port else None))
    return result


def _free(wanted: int, taken: set[int]) -> int:
    while wanted in taken:
        wanted += 1
    taken.add(wanted)
    return wanted


def _filled(variables: Iterable[Variable], values: Mapping[str, str]) -> tuple[Variable, ...]:
    return tuple(v.model_copy(update={"value": Template(v.value).substitute(values)}) for v in variables)


def _own(answer: ServiceAnswer, kind: Kind, values: Mapping[str, str]) -> tuple[Variable, ...]:
    """Return the variables of the kind, with the values that the answer gives them instead."""
    given = answer.env or {}
    return tuple(
        variable
        if variable.fixed
        else variable.model_copy(
            update={"value": given.get(variable.name, variable.value), "owner": f"{env_name(answer.name)}_"}
        )
        for variable in _filled(kind.variables, values)
    )


def _resources(answer: ServiceAnswer, kind: Kind) -> Resources:
    given = answer.resources
    usual = (kind.gpu_production if answer.gpu else None) or kind.production
    if given is None or (given.cpu is None and given.memory is None):
        return usual.resources
    cpu = usual.resources.cpu if given.cpu is None else parse_cpu(given.cpu)
    memory = parse_memory(given.memory) if given.memory else usual.resources.memory
    return Resources.limited(cpu, memory)


def _writes(answer: ServiceAnswer) -> bool:
    return any(not volume.read_only for volume in answer.volumes or ())


def volume_layers(services: Iterable[ServiceAnswer], name: str) -> tuple[str, ...]:
    """Return the folders in a data volume, which its writer names."""
    for service in services:
        for volume in service.volumes or ():
            if volume.name == name and not volume.read_only and volume.layers:
                return tuple(volume.layers)
    return DEFAULT_LAYERS


def _volume(answer: VolumeAnswer, services: Sequence[ServiceAnswer]) -> Volume:
    prefix = env_name(answer.name)
    return Volume(
        name=answer.name,
        path=f"/data/{answer.name}",
        env=f"{prefix}_PATH",
        layers_env=f"{prefix}_LAYERS",
        layers=volume_layers(services, answer.name),
        read_only=bool(answer.read_only),
    )


def _volume_variables(volume: Volume) -> tuple[Variable, ...]:
    return (
        Variable(name=volume.env, value=volume.path, help=f"where the volume {volume.name} is", fixed=True),
        Variable(name=volume.layers_env, value=",".join(volume.layers), help="the folders in it", fixed=True),
    )


def _shared_volumes(services: Sequence[ServiceAnswer]) -> tuple[SharedVolume, ...]:
    users: dict[str, dict[bool, list[str]]] = {}
    for service in services:
        for volume in service.volumes or ():
            users.setdefault(volume.name, {True: [], False: []})[bool(volume.read_only)].append(service.name)
    return tuple(
        SharedVolume(name=name, writer=of[False][0], readers=tuple(of[True]), layers=volume_layers(services, name))
        for name, of in users.items()
    )


def _account(spec: Store, service: str) -> Account:
    user = service.replace("-", "_")
    secret = Secret(
        name=f"{user}_{spec.secret.name}",
        variable=spec.client_secret,
        setting=f"{env_name(service)}_{spec.client_secret}",
        help=f"password of {service} in {spec.title}",
        owner=service,
    )
    return Account(service=service, user=user, secret=secret)


def _external_key(service: str) -> Secret:
    return Secret(
        name=f"{service.replace('-', '_')}_external_api_key",
        variable="EXTERNAL_API_KEY",
        setting=f"{env_name(service)}_EXTERNAL_API_KEY",
        help=f"key of {service} for the outside API",
        owner=service,
        generated=False,
    )


def _client(store: StackStore, service: str, values: Mapping[str, str]) -> tuple[Variable, ...]:
    """Return the variables with which a service reaches a store."""
    user = service.replace("-", "_")
    return tuple(
        # One line of `.env` cannot stand for the accounts of several services.
        variable.model_copy(update={"fixed": True})
        if store.spec.accounts and template.value == "$account"
        else variable
        for template in store.spec.client
        for variable in _filled([template], {**values, "account": user})
    )


def _store(catalog: Catalog, name: str, services: Sequence[ServiceAnswer], values: Mapping[str, str]) -> StackStore:
    spec = catalog.stores[name]
    users = tuple(s.name for s in services if name in (s.needs or ()))

    def fill(text: str) -> str:
        return Template(text).substitute(values, secret=spec.client_secret)

    return StackStore(
        name=name,
        spec=spec,
        image=catalog.images[spec.image],
        users=users,
        variables=_filled(spec.variables, values),
        accounts=tuple(_account(spec, user) for user in users) if spec.accounts else (),
        secret=Secret(
            name=spec.secret.name,
            variable=spec.client_secret,
            setting=spec.client_secret,
            help=spec.secret.help,
            owner=name,
            kept=spec.secret.kept,
        ),
        command=tuple(map(fill, spec.command)),
        healthcheck=tuple(map(fill, spec.healthcheck)),
        liveness=tuple(map(fill, spec.liveness or spec.healthcheck)),
        shell=fill(spec.shell),
        backup=fill(spec.backup) if spec.backup else None,
        restore=fill(spec.restore) if spec.restore else None,
    )


def build(answers: Answers, catalog: Catalog) -> Stack:
    """Return the stack of answers in which `problems` finds nothing."""
    entries = completed(answers.services if isinstance(answers.services, str) else [
        s.model_dump(exclude_unset=True) for s in answers.services
    ], catalog.presets.get(answers.preset))  # fmt: skip
    services = [ServiceAnswer.model_validate(entry) for entry in entries]
    numbers = ports(services, catalog)
    names = {s.name: s for s in services}
    values = {"slug": answers.project_slug, "database": answers.project_slug.replace("-", "_")}
    registry = answers.registry.rstrip("/")

    used_stores = [name for name in catalog.stores if any(name in (s.needs or ()) for s in services)]
    stores = tuple(_store(catalog, name, services, values) for name in used_stores)
    store_of = {store.name: store for store in stores}
    needed = {need for s in services for need in s.needs or ()}
    kind_of = {s.name: catalog.kinds[s.kind] for s in services}
    public = [
        s.name
        for s in services
        if kind_of[s.name].role != "function"
        and (s.public if s.public is not None else s.name not in needed and kind_of[s.name].role != "worker")
    ]
    port_of = {s.name: number[0] for s, number in zip(services, numbers, strict=True)}
    # One line of `.env` cannot stand for several values.
    env_values: dict[str, set[str]] = {}
    for service in services:
        for key, value in (service.env or {}).items():
            env_values.setdefault(key, set()).add(value)

    libraries = tuple(
        Library(
            name=library.name,
            kind=library.kind,
            spec=catalog.libraries[library.kind],
            path=library_path(library),
            users=tuple(s.name for s in services if library.name in (s.libraries or ())),
        )
        for library in answers.libraries
    )

    built = []
    for answer, (port, debug_port) in zip(services, numbers, strict=True):
        kind = catalog.kinds[answer.kind]
        needs = answer.needs or []
        mine = tuple(name for name in used_stores if name in needs)
        upstreams = tuple(
            Upstream(
                name=need,
                port=port_of[need],
                url=f"http://{need}:{port_of[need]}",
                env=f"{env_name(need)}_URL",
                example=example(kind_of[need], names[need].needs or (), bool(names[need].volumes)),
            )
            for need in needs
            if need in names
        )
        is_public = answer.name in public
        volumes = tuple(_volume(volume, services) for volume in answer.volumes or ())
        built.append(
            Service(
                name=answer.name,
                kind=answer.kind,
                spec=kind,
                language=catalog.languages[kind.language],
                debugger=catalog.debuggers[kind.debug_protocol] if kind.debug_protocol else None,
                path=service_path(answer),
                port=port,
                debug_port=debug_port,
                public=is_public,
                host=_host(answer.name, public, answers.domain) if is_public else None,
                image=f"{answers.project_slug}-{answer.name}",
                replicas=1 if _writes(answer) else answer.replicas or kind.replicas,
                resources=_resources(answer, kind),
                stores=mine,
                upstreams=upstreams,
                libraries=tuple(library for library in libraries if answer.name in library.users),
                volumes=volumes,
                gpu=bool(answer.gpu),
                external_api=answer.external_api,
                variables=(
                    *SHARED_VARIABLES,
                    *_own(answer, kind, values),
                    *(v for name in mine for v in _client(store_of[name], answer.name, values)),
                    *(v for volume in volumes for v in _volume_variables(volume)),
                    *_external(answer.external_api),
                    *(Variable(name=u.env, value=u.url, help=f"where {u.name} answers", fixed=True) for u in upstreams),
                ),
                env=tuple(
                    Variable(name=key, value=value, help=f"for {answer.name}", fixed=len(env_values[key]) > 1)
                    for key, value in sorted((answer.env or {}).items())
                    if key not in kind.settable
                ),
                secrets=(
                    *(_secret(store_of[name], answer.name) for name in mine),
                    *((_external_key(answer.name),) if answer.external_api else ()),
                ),
            )
        )

    return Stack(
        name=answers.project_name,
        slug=answers.project_slug,
        description=answers.description,
        owner=answers.owner,
        registry=registry,
        domain=answers.domain,
        services=tuple(built),
        stores=stores,
        volumes=_shared_volumes(services),
        libraries=libraries,
        platforms=tuple(sorted(answers.platforms)),
        deploy=tuple(sorted(answers.deploy)),
        features=tuple(sorted(answers.features)),
        images=catalog.images,
    )


def _secret(store: StackStore, service: str) -> Secret:
    """Return the secret with which a service opens a store."""
    return next((account.secret for account in store.accounts if account.service == service), store.secret)


def _external(url: str | None) -> tuple[Variable, ...]:
    # Several services may front several APIs, and one line of `.env` cannot stand for all.
    return (Variable(name="EXTERNAL_API_URL", value=url, help="where the outside API is", fixed=True),) if url else ()


def _host(name: str, public: Sequence[str], domain: str) -> str:
    """Return the host of a public service: the first is the site itself, the others stand beside it."""
    return domain if name == public[0] else f"{name}.{domain}"
