"""Secrets for builds: an index of Python packages with a password, npm's settings with a token."""

from __future__ import annotations

import json
import os
import urllib.parse
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# What pip installs from by default has no public name.
from pip._internal.models.index import PyPI

from engine.commands import run
from engine.project import Project


@dataclass(frozen=True)
class BuildSecrets:
    """The password that no image may hold, and what `docker buildx bake` needs to use it."""

    password: str
    arguments: tuple[str, ...]
    given: Mapping[str, str]


def build_secrets_of(project: Project, folder: Path) -> BuildSecrets:
    """Write the secrets of both services into a folder."""
    index, password = index_with_password()
    npmrc = folder / "npmrc"
    npmrc.write_text(f"# {password}\n//registry.example.com/:_authToken={password}\n")
    secrets = {"backend": "id=uv_default_index,env=PRIVATE_INDEX", "frontend": f"id=npmrc,src={npmrc}"}
    targets = {
        f"{service}{suffix}": {"secret": [secrets[service]], **settings}
        for service in project.services
        # A secret is no part of a cache's key, so nothing would use it where the cache has everything.
        for suffix, settings in (("", {}), ("-development", {"no-cache-filter": ["development"]}))
    }
    file = folder / "secrets.json"
    file.write_text(json.dumps({"target": targets}))
    return BuildSecrets(password, (f"--file={file}", f"--allow=fs.read={npmrc}"), {"PRIVATE_INDEX": index})


def index_with_password() -> tuple[str, str]:
    """Return the index that this machine installs from, and its password: one that nobody asks for where it has none."""
    configured = run("python3", "-m", "pip", "config", "get", "global.index-url")
    given = os.environ.get("PIP_INDEX_URL") or (PyPI.simple_url if configured.code else configured.output.strip())
    index = urllib.parse.urlsplit(given)
    if index.password:
        return given, index.password
    password = f"marker-{uuid.uuid4().hex}"
    return index._replace(netloc=f"somebody:{password}@{index.netloc}").geturl(), password
