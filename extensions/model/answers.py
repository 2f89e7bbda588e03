"""What people may write: the shape of every answer, and the two forms of `services`.

The shape is also published as a JSON Schema (`schema`), so nothing here may depend on anything but
the value itself; what depends on other answers is in `problems`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from .catalog import Catalog
from .names import (
    DOMAIN_PATTERN,
    LABEL_PATTERN,
    OWNER_PATTERN,
    PATH_PATTERN,
    REGISTRY_PATTERN,
    TEXT_PATTERN,
    URL_PATTERN,
    VARIABLE_PATTERN,
    shown,
)
from .units import CPU_PATTERN, CPU_RANGE, MEMORY_PATTERN

MAX_SERVICES: Final = 300
Target = Literal["kubernetes", "compose"]
Platform = Literal["linux/amd64", "linux/arm64"]
Feature = Literal["github-actions", "pre-commit", "editor", "ingress", "bdd"]


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 8000.0 is the integer 8000."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _unique(values: list[Any]) -> list[Any]:
    """Refuse a list in which something stands twice."""
    for number, value in enumerate(values):
        if value in values[:number]:
            raise PydanticCustomError("not_unique", "stands twice", {"value": value})
    return values


Unique = AfterValidator(_unique)
Whole = BeforeValidator(_whole)

Text = Annotated[str, Field(pattern=TEXT_PATTERN, min_length=1)]
Label = Annotated[str, Field(pattern=LABEL_PATTERN, min_length=1, max_length=40)]
Labels = Annotated[list[Label], Field(max_length=50, json_schema_extra={"uniqueItems": True}), Unique]
Path = Annotated[str, Field(pattern=PATH_PATTERN, min_length=1, max_length=100)]
Port = Annotated[int, Field(ge=1024, le=65535), Whole]
Replicas = Annotated[int, Field(ge=1, le=100), Whole]
# People write 2 and 0.5 without quotes, which to YAML are numbers.
Cpu = (
    Annotated[str, Field(pattern=CPU_PATTERN, max_length=8)]
    | Annotated[float, Field(ge=CPU_RANGE[0] / 1000, le=CPU_RANGE[1] / 1000, allow_inf_nan=False)]
)
Memory = Annotated[str, Field(pattern=MEMORY_PATTERN, max_length=8)]
Url = Annotated[str, Field(pattern=URL_PATTERN, max_length=200)]
VariableName = Annotated[str, Field(pattern=VARIABLE_PATTERN, max_length=63)]
VariableValue = Annotated[Text, Field(max_length=500)]


class Shape(BaseModel):
    """Base of all answers: no coercion and no unknown key."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class ResourcesAnswer(Shape):
    """Limits of a service's container in production."""

    cpu: Cpu | None = Field(default=None, description="CPU, such as 500m, 2 or 0.5")
    memory: Memory | None = Field(default=None, description="memory, such as 256Mi or 1Gi")


class VolumeAnswer(Shape):
    """A data volume that services on one host share by memory mapping: one writes it, others read it."""

    name: Label = Field(description="DNS label; services that give the same name share it")
    layers: Labels | None = Field(default=None, description="folders in it, made by its writer before it starts")
    read_only: bool | None = Field(default=None, description="true for those who only read it")


class ServiceAnswer(Shape):
    """One service. Only `name` and `kind` are needed; all else is derived."""

    name: Label = Field(description="DNS label, unique")
    kind: Label = Field(description="what it is made of")
    path: Path | None = Field(default=None, description="its folder; services/<name> unless the preset says otherwise")
    port: Port | None = Field(default=None, description="where it listens; the kind's own, or the next free one")
    debug_port: Port | None = Field(default=None, description="where a debugger attaches in development")
    needs: Labels | None = Field(default=None, description="stores and services that it uses")
    libraries: Labels | None = Field(default=None, description="shared libraries that it uses")
    public: bool | None = Field(default=None, description="reachable from outside; by default when no service needs it")
    replicas: Replicas | None = Field(default=None, description="pods in production")
    resources: ResourcesAnswer | None = Field(default=None, description="limits in production")
    volumes: Annotated[list[VolumeAnswer], Field(max_length=10)] | None = Field(
        default=None, description="data volumes that it writes or reads"
    )
    gpu: bool | None = Field(default=None, description="whether it computes on a GPU")
    external_api: Url | None = Field(default=None, description="outside API that it fronts, https://…")
    env: Annotated[dict[VariableName, VariableValue], Field(max_length=50)] | None = Field(
        default=None, description="environment variables with their values; never a secret"
    )


class LibraryAnswer(Shape):
    """One shared library."""

    name: Label = Field(description="DNS label, unique")
    kind: Label = Field(description="what it is made of")
    path: Path | None = Field(default=None, description="its folder; libs/<name> by default")


class Answers(Shape):
    """The answers of one project. `copier.yml` asks them; `project_slug` and below have defaults."""

    project_name: Annotated[Text, Field(max_length=60)]
    project_slug: Label
    description: Annotated[Text, Field(max_length=200)]
    owner: Annotated[str, Field(pattern=OWNER_PATTERN, max_length=39)]
    preset: Label
    registry: Annotated[str, Field(pattern=REGISTRY_PATTERN, max_length=200)]
    libraries: Annotated[list[LibraryAnswer], Field(max_length=MAX_SERVICES)]
    services: str | Annotated[list[ServiceAnswer], Field(max_length=MAX_SERVICES)]
    deploy: Annotated[list[Target], Field(json_schema_extra={"uniqueItems": True}), Unique]
    domain: Annotated[str, Field(pattern=DOMAIN_PATTERN, max_length=200)]
    platforms: Annotated[list[Platform], Field(min_length=1, json_schema_extra={"uniqueItems": True}), Unique]
    features: Annotated[list[Feature], Field(json_schema_extra={"uniqueItems": True}), Unique]


LINE_ENTRY: Final = re.compile(
    r"(?P<name>[^\s:>,]+)\s*:\s*(?P<kind>[^\s:>,]+)(\s*:\s*(?P<port>[0-9]{1,6}))?(\s*>\s*(?P<needs>[^,:>]*))?"
)
_READABLE: Final = "write name:kind, such as backend:fastapi > postgres + redis"


def parse_services(value: Any) -> list[Any]:
    """Return the list form of a `services` answer.

    `value` is that list already, that list as YAML on one line, or `name:kind[:port][ > need + need], …`.
    A line that cannot be read raises ValueError with the sentence for its author.
    """
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _flow_list(value)
    if isinstance(value, list):
        return value
    if not isinstance(value, str):
        raise ValueError(  # noqa: TRY004 - every refusal is a ValueError
            f"services: {shown(value)} is neither a line such as 'api:fastapi, web:react' nor a list of services"
        )
    if not value.strip():
        return []
    return [_line_entry(entry.strip(), f"entry {number}") for number, entry in enumerate(value.split(","), 1)]


def _flow_list(line: str) -> Any:
    try:
        return yaml.safe_load(line)
    # Besides its own errors PyYAML lets those of int() and date() through.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ValueError(f"services: not YAML{where}; write [{{name: api, kind: fastapi}}, …]") from error


def _line_entry(entry: str, where: str) -> dict[str, Any]:
    match = LINE_ENTRY.fullmatch(entry)
    if not match:
        raise ValueError(
            f"services, {where}: {shown(entry) if entry else 'it is empty and'} cannot be read; {_READABLE}"
        )
    service: dict[str, Any] = {"name": match["name"], "kind": match["kind"]}
    if match["port"]:
        if match["port"].startswith("0"):
            raise ValueError(
                f"services, {where}: port {match['port']} starts with 0, which some read as octal; leave the 0 out"
            )
        service["port"] = int(match["port"])
    if match["needs"] is not None:
        needs = [need.strip() for need in match["needs"].split("+")]
        if "" in needs and needs != [""]:
            raise ValueError(f"services, {where}: {shown(entry)} has a + with no name beside it; {_READABLE}")
        service["needs"] = [need for need in needs if need]
    return service


def schema(catalog: Catalog) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an answers file, for editors and for tests."""
    document = Answers.model_json_schema()
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    document["title"] = "Slipway answers"
    document["additionalProperties"] = False
    # Every answer has a default in the questionnaire.
    document.pop("required")
    definitions = document["$defs"]
    definitions["ServiceAnswer"]["properties"]["kind"]["enum"] = list(catalog.kinds)
    definitions["LibraryAnswer"]["properties"]["kind"]["enum"] = list(catalog.libraries)
    document["properties"]["preset"]["enum"] = list(catalog.presets)
    exact: dict[str, Any] = _exact(document)
    return {**exact, "patternProperties": {"^_": {"description": "Copier's own"}}}


def _exact(node: Any) -> Any:
    """Return pydantic's schema saying all that pydantic checks.

    Patterns end at the end: in Python and others `$` also matches before a last newline. Keys of a
    mapping that match no pattern are refused.
    """
    if isinstance(node, list):
        return [_exact(item) for item in node]
    if not isinstance(node, dict):
        return node
    exact: dict[str, Any] = {
        key: _to_the_end(value) if key == "pattern" and isinstance(value, str) else _exact(value)
        for key, value in node.items()
    }
    if "patternProperties" in exact:
        exact["patternProperties"] = {_to_the_end(key): value for key, value in exact["patternProperties"].items()}
        exact["additionalProperties"] = False
    return exact


def _to_the_end(pattern: str) -> str:
    return re.sub(r"\$$", r"(?!\\n)$", pattern)
