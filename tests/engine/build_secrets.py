"""Secrets for builds: for each kind of package manager, settings that it can install with and that hold a password."""

from __future__ import annotations

import json
import os
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

# What pip installs from by default has no public name.
from pip._internal.models.index import PyPI

from engine.commands import run
from engine.project import Project
from support.catalog import catalog


@dataclass(frozen=True)
class BuildSecrets:
    """The password that no image may hold, and what `docker buildx bake` needs to use it."""

    password: str
    arguments: tuple[str, ...]
    # By service, the secrets that its build is given.
    ids: Mapping[str, frozenset[str]]


def build_secrets_of(project: Project, folder: Path) -> BuildSecrets:
    """Write the secrets of all services into a folder."""
    index, password = index_with_password()
    ids = {name: secrets_of(item["kind"]) for name, item in project.services.items()}
    for name in frozenset().union(*ids.values()):
        (folder / name).write_text(CONTENTS[name](index, password))
    targets = {
        f"{service}{suffix}": {"secret": [f"id={name},src={folder / name}" for name in sorted(names)], **settings}
        for service, names in ids.items()
        # A secret is no part of a cache's key, so nothing would use it where the cache has everything.
        for suffix, settings in (("", {}), ("-development", {"no-cache-filter": ["development"]}))
    }
    file = folder / "secrets.json"
    file.write_text(json.dumps({"target": targets}))
    return BuildSecrets(password, (f"--file={file}", f"--allow=fs.read={folder}"), ids)


def secrets_of(kind: str) -> frozenset[str]:
    """Return the secrets that builds of a kind can be given, by its description."""
    return frozenset(secret.id for secret in catalog().kinds[kind].build_secrets)


def index_with_password() -> tuple[str, str]:
    """Return the index that this machine installs from, and its password: one that nobody asks for where it has none."""
    configured = run("python3", "-m", "pip", "config", "get", "global.index-url")
    given = os.environ.get("PIP_INDEX_URL") or (PyPI.simple_url if configured.code else configured.output.strip())
    index = urllib.parse.urlsplit(given)
    if index.password:
        return given, index.password
    password = f"marker-{uuid.uuid4().hex}"
    return index._replace(netloc=f"somebody:{password}@{index.netloc}").geturl(), password


def module_proxies(password: str) -> str:
    """Return Go's proxies as they are by default, after one with a password that nobody answers for."""
    default = run("docker", "run", "--rm", "--entrypoint", "go", golang(), "env", "GOPROXY").output.strip()
    return f"http://somebody:{password}@127.0.0.1:9|{default}"


def golang() -> str:
    return catalog().images["golang"]


# What a secret holds, by its id: made of an index of Python packages and its password.
CONTENTS: dict[str, Callable[[str, str], str]] = {
    "uv_default_index": lambda index, _: index,
    "npmrc": lambda _, password: f"# {password}\n//registry.example.com/:_authToken={password}\n",
    "goproxy": lambda _, password: module_proxies(password),
    "cargo_config": lambda _, password: (
        f'[registries.example]\nindex = "sparse+https://registry.example.com/"\ntoken = "{password}"\n'
    ),
}
