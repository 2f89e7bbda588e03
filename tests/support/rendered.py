"""A rendered repository, of which only the files that a test looks at are rendered."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from typing import Any

import yaml
from hypothesis import strategies as st

from model.stack import Service
from support.composefile import merged
from support.dockerfile import Dockerfile
from support.render import Answers, Tree, renderer

# libyaml where PyYAML was built with it: ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Numbers of services at which everything that services can have to do with each other is found already.
FEW = st.sampled_from([1, 1, 2, 2, 3, 3, 4, 6])
# What the template owns in a service's folder.
TEMPLATES = ("Dockerfile", ".dockerignore", "Makefile")
# The files that Compose merges in each environment.
COMPOSE = {
    "development": ("compose.yaml",),
    "test": ("compose.test.yaml",),
    "staging": ("compose.prod.yaml", "compose.staging.yaml"),
    "production": ("compose.prod.yaml",),
}


def documents(text: str) -> list[Any]:
    """Return the documents of a YAML file."""
    return [document for document in yaml.load_all(text, Loader=LOADER) if document is not None]


class Repository:
    """The repository of one set of answers; files are rendered when they are first asked for."""

    def __init__(self, given: Answers) -> None:
        self.given = given
        self.stack: Any = renderer().stack(given)

    @functools.cached_property
    def everything(self) -> Tree:
        """All files."""
        return renderer().render(self.given)

    @functools.cached_property
    def files(self) -> Tree:
        """The template's own files: all but the services' source."""
        folders = tuple(f"{service.path}/" for service in self.stack.services)
        own = {f"{service.path}/{name}" for service in self.stack.services for name in TEMPLATES}
        return {path: file for path, file in self.everything.items() if path in own or not path.startswith(folders)}

    def text(self, path: str) -> str:
        """Return one of these files; KeyError where the repository has none such."""
        return self.files[path].text

    def folder(self, service: Any) -> dict[str, bytes]:
        """Return the files of a service, by their paths in its folder."""
        start = f"{service.path}/"
        return {
            path.removeprefix(start): file.content for path, file in self.everything.items() if path.startswith(start)
        }

    @functools.cached_property
    def map(self) -> Any:
        """`ops/stack.json`."""
        return json.loads(self.text("ops/stack.json"))

    @functools.cached_property
    def environments(self) -> tuple[str, ...]:
        """The environments that there are Compose files for."""
        deployed = ("staging", "production") if self.stack.compose else ()
        return ("development", *(["test"] if self.stack.deployed else []), *deployed)

    @functools.cached_property
    def compose(self) -> dict[str, Any]:
        """What Compose reads in each environment, variables not yet filled in."""
        wanted = {name for environment in self.environments for name in COMPOSE[environment]}
        parsed = {path: documents(self.text(path))[0] for path in wanted}
        return {
            environment: functools.reduce(merged, (parsed[name] for name in COMPOSE[environment]))
            for environment in self.environments
        }

    @functools.cached_property
    def manifests(self) -> dict[str, list[Any]]:
        """The documents of each YAML file below `deploy/kubernetes`."""
        return {
            path: documents(file.text)
            for path, file in self.files.items()
            if path.startswith("deploy/kubernetes/") and path.endswith(".yaml")
        }

    @functools.cached_property
    def dockerfiles(self) -> dict[str, Dockerfile]:
        """The Dockerfile of each service."""
        return {service.name: Dockerfile(self.text(f"{service.path}/Dockerfile")) for service in self.stack.services}

    def services(self, environment: str) -> Any:
        """Return the containers that Compose runs in an environment; the tests' own are left out."""
        return {name: item for name, item in self.compose[environment]["services"].items() if "profiles" not in item}

    def running(self, environment: str) -> tuple[Service, ...]:
        """Return the services that run in an environment: functions are emulated in development only."""
        found: tuple[Service, ...] = self.stack.services if environment == "development" else self.stack.deployed
        return found

    def one_shots(self) -> set[str]:
        """Return the names of the containers that run to their end."""
        return {service.prepare_name for service in self.stack.services if service.prepare}


def pods(manifests: Iterable[Any]) -> dict[tuple[str, str], Any]:
    """Return the pod specification of each workload, by its kind and name."""
    return {
        (item["kind"], item["metadata"]["name"]): item["spec"]["template"]["spec"]
        for item in manifests
        if item.get("kind") in ("Deployment", "StatefulSet", "Job", "DaemonSet")
    }
