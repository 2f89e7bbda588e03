"""What Slipway can make: kinds of service, stores, presets and pinned images, as typed plain data.

The data stands in `extensions/kinds/*.yml`, `stores/*.yml`, `presets/*.yml` and
`images/Dockerfile`; `load` reads it. A kind or a store exists as soon as its file does.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .units import Resources, parse_cpu, parse_memory

Option = Literal["external_api", "gpu", "volumes"]


class Data(BaseModel):
    """Base of all catalog data: immutable, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Quantity(Data):
    """Limits as a person writes them: `cpu: 500m`, `memory: 256Mi`."""

    cpu: str
    memory: str

    @cached_property
    def resources(self) -> Resources:
        return Resources.limited(parse_cpu(self.cpu), parse_memory(self.memory))


class Variable(Data):
    """One environment variable: its value (`$database` is filled in by the stack) and what it is for.

    A `fixed` one is a fact of the network or the image, which nobody has reason to set in `.env`. Others are set there
    by the name of `setting`: a service's own have its name in front, so that two of a kind can differ.
    """

    name: str
    value: str
    help: str
    fixed: bool = False
    owner: str = Field(default="", description="prefix of the service, where each of a kind has its own")

    @cached_property
    def setting(self) -> str:
        """The variable of `.env` that sets it in Compose."""
        return self.owner + self.name


class Health(Data):
    """HTTP paths that a service answers."""

    live: str = "/health"
    ready: str = "/health/ready"
    metrics: str | None = None


class Mount(Data):
    """A part of the service's folder that development mounts into the container.

    `path` is relative to the service's folder; `when` names a store without which it is not there.
    """

    path: str
    when: str | None = None


class Development(Data):
    """How the development container differs from production."""

    mounts: tuple[Mount, ...]
    workdir: str
    dependencies: str = Field(description="folder that a named volume keeps between containers")
    rebuild: tuple[str, ...] = Field(description="files whose change rebuilds the image")
    sync: tuple[str, ...] = Field(default=(), description="files that are copied in, and restart it")
    variables: tuple[Variable, ...] = ()
    healthcheck: tuple[str, ...] | None = Field(default=None, description="where production's cannot run")
    start_period: int = Field(default=60, description="seconds until a failing check counts")


class Commands(Data):
    """Commands that run in the development container, by task."""

    build: str | None = Field(default=None, description="of a function: leaves its program in the file $OUTPUT")
    test: str = Field(description="fails below 80 % of coverage; leaves a report and the number itself in coverage/")
    integration: str | None = None
    bench: str | None = None
    bench_save: str | None = Field(default=None, description="keeps the figures to compare with")
    bench_compare: str | None = Field(default=None, description="compares with those kept, and fails when much slower")
    lint: str
    fmt: str
    lock: str


class Example(Data):
    """An example that the skeleton holds; `when` names the store, or `volumes`, without which it is not there."""

    name: str
    when: str | None = None


class Prepare(Data):
    """What has to be done before a service starts, when it uses one of these stores or writes a volume."""

    command: tuple[str, ...]
    stores: tuple[str, ...] = ()
    volumes: bool = False


class BuildSecret(Data):
    """What the commands of a Dockerfile that download packages are given, and no layer holds."""

    id: str
    help: str = Field(description="what it is")

    @cached_property
    def variable(self) -> str:
        """Environment variable that documentation takes it from."""
        return self.id.upper()


class Kind(Data):
    """A kind of service: everything that tells it from the others."""

    name: str
    title: str
    language: str
    shares: str | None = Field(default=None, description="group of kinds whose services have files in common")
    role: Literal["api", "web", "worker", "function"] = Field(
        description="a worker is called by nobody; a function is deployed as an artefact, not as a container"
    )
    summary: str
    port: int
    debug_port: int | None = None
    uid: int
    image_size: int = Field(default=100, description="MB that its production image may add to what it is built from")
    replicas: int = 2
    stores: tuple[str, ...] = Field(default=(), description="stores that it can use")
    libraries: tuple[str, ...] = Field(default=(), description="kinds of library that it can use")
    accepts: tuple[Option, ...] = Field(default=(), description="options of a service that it understands")
    examples: tuple[Example, ...] = Field(default=(), description="what its skeleton shows; the first that applies")
    outbound: bool = Field(default=False, description="it calls hosts on the internet")
    page: str = Field(default="", description="path for people, where / is none")
    health: Health = Health()
    healthcheck: tuple[str, ...] = Field(description="command that exits with 0 when the service is alive")
    production: Quantity
    gpu_production: Quantity | None = Field(default=None, description="of a service that computes on a GPU")
    development_limits: Quantity
    development: Development
    commands: Commands
    prepare: Prepare | None = None
    variables: tuple[Variable, ...] = ()
    writable: tuple[str, ...] = ("/tmp",)
    build_secrets: tuple[BuildSecret, ...] = Field(
        default=(), description="optional BuildKit secrets, for registries of one's own"
    )
    debug_protocol: str | None = Field(
        default=None, description="a debugger; it attaches to `debug_port`, or without one opens the page at `port`"
    )
    debug_root: str | None = Field(
        default=None, description="what it calls the folder of the service, if not `development.workdir`"
    )
    debug_program: str | None = Field(default=None, description="pattern of the program, where it needs that")

    @cached_property
    def settable(self) -> frozenset[str]:
        """Names of its variables that an answer may give another value."""
        return frozenset(variable.name for variable in self.variables if not variable.fixed)

    @property
    def writes_volumes(self) -> bool:
        """Whether it makes the folders of data volumes and writes them; another kind that accepts them only reads."""
        return self.prepare is not None and self.prepare.volumes

    @cached_property
    def variable_name(self) -> str:
        """Name of the template variable that lists the services of this kind."""
        return self.name.replace("-", "_") + "_services"

    @cached_property
    def variable_names(self) -> tuple[str, ...]:
        """Names of all template variables that list its services: the kind's own, and that of what it shares."""
        return (self.variable_name, *([f"{self.shares}_services"] if self.shares else []))


class Language(Data):
    """A programming language: what its packages and its files need beyond the service itself."""

    name: str
    ecosystem: str = Field(description="Dependabot's word for its packages")
    extensions: tuple[str, ...] = Field(description="of Visual Studio Code")


class Debugger(Data):
    """A way in which an editor debugs a service that runs in its container.

    `before` and the texts of `configuration`, which is that of `launch.json`, may hold $name, $port and $program;
    what holds $local or $remote in a list, or in a key, is there once for each folder that the container has.
    """

    name: str
    extensions: tuple[str, ...] = Field(default=(), description="of Visual Studio Code, where it lacks them itself")
    before: str | None = Field(default=None, description="command that has to run first, in the repository's root")
    configuration: dict[str, Any]


class LibraryKind(Data):
    """A kind of shared library."""

    name: str
    title: str
    folder: str = Field(description="where images keep libraries, a folder for each")
    source: str = Field(description="folder of a library that images need")
    test: str = Field(description="runs a library's tests in the development container of a service")

    @cached_property
    def variable_name(self) -> str:
        """Name of the template variable that lists the libraries of this kind."""
        return self.name.replace("-", "_") + "_libraries"


class Secret(Data):
    """The secret of a store: `name` is its file name, `variable` the environment variable without `_FILE`."""

    name: str
    variable: str
    help: str
    kept: bool = Field(default=False, description="the store's data holds it: a new one has to be set there as well")


class Endpoint(Data):
    """A further port of a store."""

    name: str
    port: int
    help: str


class Store(Data):
    """A data service that services may need."""

    name: str
    title: str
    image: str
    port: int
    host_port: int | None = Field(default=None, description="where development publishes it, if not there")
    endpoints: tuple[Endpoint, ...] = Field(default=(), description="its further ports")
    uid: int
    gid: int
    data: str = Field(description="folder on the volume")
    unpacks: bool = Field(default=False, description="it unpacks libraries beside its data, and loads them there")
    storage: str = Field(description="size of the volume in Kubernetes")
    writable: tuple[str, ...] = ("/tmp",)
    limits: Quantity
    variables: tuple[Variable, ...] = Field(default=(), description="of the store's own container")
    client: tuple[Variable, ...] = Field(default=(), description="of every service that needs it")
    development_variables: tuple[Variable, ...] = Field(default=(), description="likewise, outside deployment")
    secret: Secret = Field(description="of its administrator, as its own container reads it")
    client_secret: str = Field(description="variable in which services get theirs")
    accounts: bool = Field(default=False, description="each service has an account of its own, with its own secret")
    command: tuple[str, ...] = ()
    healthcheck: tuple[str, ...]
    liveness: tuple[str, ...] | None = Field(default=None, description="likewise, where less keeps it from a restart")
    stop_signal: str | None = None
    stop_grace_period: int = 30
    shared_memory: int | None = Field(default=None, description="MiB of /dev/shm")
    shell: str = Field(description="command that opens the store's client in its container")
    backup: str | None = Field(default=None, description="command that prints a copy of the data")
    restore: str | None = Field(default=None, description="command that reads such a copy")

    @cached_property
    def host_ports(self) -> tuple[int, ...]:
        """Every port that development publishes."""
        return (self.host_port or self.port, *(endpoint.port for endpoint in self.endpoints))


class Preset(Data):
    """A named list of services (and libraries) that the questionnaire starts from."""

    name: str
    title: str
    order: int = Field(description="where the questionnaire lists it")
    features: tuple[str, ...] | None = Field(default=None, description="features that it offers, if not the usual ones")
    services: tuple[dict[str, Any], ...] = ()
    libraries: tuple[dict[str, Any], ...] = ()


class Catalog(Data):
    """All of the above, by name, in the order in which they are offered."""

    languages: dict[str, Language]
    debuggers: dict[str, Debugger]
    kinds: dict[str, Kind]
    libraries: dict[str, LibraryKind]
    stores: dict[str, Store]
    presets: dict[str, Preset]
    images: dict[str, str]

    @model_validator(mode="after")
    def _described(self) -> Catalog:
        """Refuse a kind whose language or debugger is described nowhere, or whose group has the name of a kind."""
        for kind in self.kinds.values():
            if kind.language not in self.languages:
                raise ValueError(f"{kind.name}: there is no extensions/languages/{kind.language}.yml")
            if kind.debug_protocol is not None and kind.debug_protocol not in self.debuggers:
                raise ValueError(f"{kind.name}: there is no extensions/debuggers/{kind.debug_protocol}.yml")
            if kind.debug_port is not None and kind.debug_protocol is None:
                raise ValueError(f"{kind.name}: a debug_port needs a debug_protocol")
            if kind.shares in self.kinds:
                raise ValueError(f"{kind.name}: a kind is named {kind.shares}; name the group of `shares` differently")
        return self
