"""What people may write: the shape of every answer, and the two forms of `services`.

The shape is also published as a JSON Schema (`schema`), so nothing here may depend on anything but
the value itself; what depends on other answers is in `problems`.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .catalog import Catalog
from .names import (
    DOMAIN_PATTERN, LABEL_PATTERN, OWNER_PATTERN, PATH_PATTERN, PLATFORM_PATTERN, REGISTRY_PATTERN, TEXT_PATTERN,
    VARIABLE_PATTERN,
)  # fmt: skip
from .units import CPU_PATTERN, MEMORY_PATTERN

MAX_SERVICES: Final = 300
Target = Literal["kubernetes", "compose"]
Feature = Literal["github-actions", "pre-commit", "ingress"]


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 8000.0 is the integer 8000."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def text(pattern: str, longest: int) -> Any:
    """Return the type of a string of 1 to `longest` characters that fully matches `pattern`."""
    return Annotated[str, Field(pattern=pattern, min_length=1, max_length=longest)]


def number(least: int, most: int) -> Any:
    """Return the type of an integer within both bounds."""
    return Annotated[int, BeforeValidator(_whole), Field(ge=least, le=most)]


Label = text(LABEL_PATTERN, 40)
Labels = Annotated[list[Label], Field(max_length=50, json_schema_extra={"uniqueItems": True})]
Path = text(PATH_PATTERN, 100)
Port = number(1024, 65535)


class Shape(BaseModel):
    """Base of all answers: no coercion and no unknown key."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class ResourcesAnswer(Shape):
    """Limits of a service's container in production."""

    cpu: text(CPU_PATTERN, 8) | None = Field(default=None, description="CPU, such as 500m or 2")  # type: ignore[valid-type]
    memory: text(MEMORY_PATTERN, 8) | None = Field(default=None, description="memory, such as 256Mi or 1Gi")  # type: ignore[valid-type]


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
    replicas: number(1, 100) | None = Field(default=None, description="pods in production")  # type: ignore[valid-type]
    resources: ResourcesAnswer | None = Field(default=None, description="limits in production")
    env: Annotated[dict[text(VARIABLE_PATTERN, 63), text(TEXT_PATTERN, 500)], Field(max_length=50)] | None = Field(  # type: ignore[misc]
        default=None, description="environment variables with their values; never a secret"
    )


class LibraryAnswer(Shape):
    """One shared library."""

    name: Label = Field(description="DNS label, unique")
    kind: Literal["python", "node"] = Field(description="its language")
    path: Path | None = Field(default=None, description="its folder; libs/<name> by default")


class Answers(Shape):
    """The answers of one project. `copier.yml` asks them; `project_slug` and below have defaults."""

    project_name: text(TEXT_PATTERN, 60)  # type: ignore[valid-type]
    project_slug: Label
    description: text(TEXT_PATTERN, 200)  # type: ignore[valid-type]
    owner: text(OWNER_PATTERN, 39)  # type: ignore[valid-type]
    registry: text(REGISTRY_PATTERN, 200)  # type: ignore[valid-type]
    preset: Label
    services: str | Annotated[list[ServiceAnswer], Field(max_length=MAX_SERVICES)]
    libraries: Annotated[list[LibraryAnswer], Field(max_length=MAX_SERVICES)]
    domain: text(DOMAIN_PATTERN, 200)  # type: ignore[valid-type]
    deploy: Annotated[list[Target], Field(json_schema_extra={"uniqueItems": True})]
    platforms: Annotated[
        list[text(PLATFORM_PATTERN, 12)],  # type: ignore[misc]
        Field(min_length=1, max_length=2, json_schema_extra={"uniqueItems": True}),
    ]
    features: Annotated[list[Feature], Field(json_schema_extra={"uniqueItems": True})]


LINE_ENTRY: Final = re.compile(
    r"^(?P<name>[^\s:>,]+)\s*:\s*(?P<kind>[^\s:>,]+)(?:\s*:\s*(?P<port>[0-9]{1,6}))?(?:\s*>\s*(?P<needs>[^,:>]*))?$"
)


def parse_services(value: Any) -> list[Any]:
    """Return the list form of a `services` answer.

    `value` is that list already, that list as YAML on one line, or `name:kind[:port][ > need + need], …`.
    A line that cannot be read raises ValueError with the sentence for its author.
    """
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = yaml.safe_load(value)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            raise ValueError(f"services: not YAML{where}; write [{{name: api, kind: fastapi}}, …]") from error
    if isinstance(value, list):
        return value
    if not isinstance(value, str):
        raise ValueError("services must be a line such as 'backend:fastapi, frontend:react' or a list of services")
    services: list[Any] = []
    for number_, entry in enumerate((part.strip() for part in value.split(",")), 1):
        match = LINE_ENTRY.match(entry)
        if not match:
            where = f"entry {number_} ('{entry}')" if entry else f"entry {number_} (empty)"
            raise ValueError(f"services: {where} cannot be read; write name:kind, such as backend:fastapi > postgres + redis")
        service: dict[str, Any] = {"name": match["name"], "kind": match["kind"]}
        if match["port"]:
            service["port"] = int(match["port"])
        if match["needs"] is not None:
            service["needs"] = [need.strip() for need in match["needs"].split("+") if need.strip()]
        services.append(service)
    return services


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
    document["properties"]["preset"]["enum"] = list(catalog.presets)
    document["patternProperties"] = {"^_": {"description": "Copier's own"}}
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]
