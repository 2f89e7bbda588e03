"""Compose, one project per environment."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ops import dotenv
from ops.errors import OpsError
from ops.process import Result, run
from ops.stack import ROOT
from ops.text import unknown

# Later files are merged over earlier ones; development's are the ones that Compose finds by itself.
_FILES = {
    "development": ("compose.yaml",),
    "test": ("compose.test.yaml",),
    "staging": ("compose.prod.yaml", "compose.staging.yaml"),
    "production": ("compose.prod.yaml",),
}
# Of these it takes the first that is there.
_OVERRIDES = tuple(f"{stem}.override.{end}" for stem in ("compose", "docker-compose") for end in ("yml", "yaml"))
_NAME = re.compile(r"^name: *[\"']?([a-z0-9][a-z0-9_-]*)[\"']?\s*(?:#.*)?$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Project:
    """The containers of one environment."""

    environment: str
    files: tuple[str, ...]

    @property
    def deployed(self) -> bool:
        """Whether images come from the registry and secrets from files."""
        return self.environment in ("staging", "production")

    @property
    def any_version(self) -> dict[str, str]:
        """Variables for a command that starts nothing: without a version Compose does not read the files."""
        return {"TAG": "0"} if self.deployed else {}

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of `docker compose` for this project."""
        files = [part for file in self.files for part in ("--file", file)]
        own = self._own_name()
        name = ["--project-name", own] if own else []
        return ["docker", "compose", *name, *files, *arguments]

    def _own_name(self) -> str | None:
        """Return the name to insist on where COMPOSE_PROJECT_NAME would take the place of the one in every file.

        Tests would run in development's project, and delete it; staging, production and development would be one.
        """
        given = dotenv.value("COMPOSE_PROJECT_NAME", ROOT / ".env")
        if not given or self.environment == "development":
            return None
        return self._written_name() if self.deployed else f"{given}-{self.environment}"

    def _written_name(self) -> str | None:
        """Return the name that the last of the files gives, with which data volumes are named."""
        texts = [(ROOT / file).read_text(encoding="utf-8", errors="replace") for file in reversed(self.files)]
        found = [name[1] for text in texts if (name := _NAME.search(text))]
        return found[0] if found else None

    def run(self, *arguments: str, given: Mapping[str, str] | None = None) -> Result:
        """Run a `docker compose` command to its end; `given` are further environment variables."""
        return run(self.command(*arguments), given)

    def config(self) -> dict[str, Any]:
        """Return the project as Compose reads it, all variables filled in; OpsError with its words when it cannot.

        It can without a version, which nobody names who looks at what is deployed already.
        """
        result = self.run("--profile", "*", "config", "--format", "json", given=self.any_version)
        if result.code:
            raise OpsError(result.err.strip())
        config: dict[str, Any] = json.loads(result.out)
        return config


def environments() -> list[str]:
    """Return the environments that this repository has files for."""
    return [name for name, files in _FILES.items() if all((ROOT / file).is_file() for file in files)]


def project(environment: str) -> Project:
    """Return the project of an environment; OpsError, with the nearest one, when there is none."""
    known = environments()
    if environment not in known:
        raise OpsError(unknown("environment", environment, known), 2)
    files = _FILES[environment]
    if environment == "development":
        files += tuple(name for name in _OVERRIDES if (ROOT / name).is_file())[:1]
    return Project(environment, files)


def needed(config: dict[str, Any], services: Sequence[str]) -> set[str]:
    """Return services with all that they depend on, as Compose starts them; all when none is named."""
    found: set[str] = set()
    left = list(services or config["services"])
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += config["services"].get(name, {}).get("depends_on", {})
    return found


def name_of(project: Project) -> str | None:
    """Return the name that Compose labels this project's containers with; None when a file cannot be read."""
    try:
        return str(project.config()["name"])
    except OpsError:
        return None
