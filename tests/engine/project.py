"""A generated project, and the containers of one of its environments."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.commands import DOCKER_CONFIG, Done, docker, inspect, run, succeed
from support import copying
from support.ports import free_ports

# The version that the tests build and deploy.
TAG = "1.2.3"
# Containers work as whoever owns the folders: as root, that is somebody whom no image knows.
STRANGER = (12345, 12345)


@dataclass(frozen=True)
class Project:
    """A generated repository; `user` is whom containers run as that write into its folders."""

    folder: Path
    slug: str
    user: tuple[int, int]

    @property
    def variables(self) -> dict[str, str]:
        """What the Makefile hands on: whom containers run as, and that the same build makes the same image."""
        return {"UID": str(self.user[0]), "GID": str(self.user[1]), "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """What the repository's map says of each service."""
        found: dict[str, dict[str, Any]] = self._map()["services"]
        return found

    @property
    def ports(self) -> dict[str, int]:
        """Where development publishes each service and store, and as `NAME debugger` its debugger, on this machine."""
        lines = self.path(".env").read_text().splitlines()
        chosen = {name: int(port) for name, _, port in (line.partition("=") for line in lines)}
        found = {}
        for name, item in self.services.items():
            found[name] = chosen[item["host_port_variable"]]
            if item["debug_port_variable"]:
                found[f"{name} debugger"] = chosen[item["debug_port_variable"]]
        return found | {name: chosen[f"{name.upper()}_HOST_PORT"] for name in self._map()["stores"]}

    def image(self, service: str, tag: str = TAG) -> str:
        """Return the name of a service's production image."""
        return f"{self._map()['registry']}/{self.services[service]['image']}:{tag}"

    def _map(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path("ops/stack.json").read_text())
        return found

    def path(self, name: str) -> Path:
        return self.folder / name

    def succeed(self, *command: str, given: Mapping[str, str] | None = None, seconds: float = 300) -> Done:
        """Run a command in the repository that has to succeed."""
        return succeed(*command, cwd=self.folder, given={**self.variables, **(given or {})}, seconds=seconds)

    def run(self, *command: str, given: Mapping[str, str] | None = None, seconds: float = 300) -> Done:
        """Run a command in the repository, whatever its exit code."""
        return run(*command, cwd=self.folder, given={**self.variables, **(given or {})}, seconds=seconds)

    def bake(
        self, *arguments: str, tag: str = TAG, given: Mapping[str, str] | None = None, seconds: float = 300
    ) -> Done:
        """Build with the build graph alone, and return the log."""
        command = ("docker", "buildx", "bake", "--file", "docker-bake.hcl", "--progress", "plain")
        return self.succeed(*command, *arguments, given={"TAG": tag, **(given or {})}, seconds=seconds)

    def make(self, *arguments: str, seconds: float = 300) -> Done:
        """Run tasks of the Makefile that have to succeed."""
        return self.succeed(
            "make", *(f"{name}={value}" for name, value in self.variables.items()), *arguments, seconds=seconds
        )

    @contextlib.contextmanager
    def changed(self, name: str, *replacements: tuple[str, str], append: str = "") -> Iterator[None]:
        """Change a file for as long as the context lasts; what is not there yet is made, and removed again."""
        file = self.path(name)
        before = file.read_text() if file.exists() else None
        text = before or ""
        for old, new in replacements:
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, new)
        try:
            self.write(name, text + append)
            yield
        finally:
            if before is None:
                file.unlink()
            else:
                self.write(name, before)

    def write(self, name: str, text: str) -> None:
        """Save a file as an editor does: the whole of it at once, owned by the user."""
        file = self.path(name)
        descriptor, temporary = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text)
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
        Path(temporary).chmod(mode)
        os.chown(temporary, *self.user)
        Path(temporary).replace(file)
        # Cargo goes by times: a build that began after the writing, but before the renaming, would count as newer.
        os.utime(file)


@dataclass(frozen=True)
class Environment:
    """The containers of one environment; `given` are the variables that its Compose commands need."""

    project: Project
    name: str
    files: tuple[str, ...]
    ports: Mapping[str, int]
    given: Mapping[str, str] = field(default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        return ["docker", "compose", *(part for file in self.files for part in ("--file", file)), *arguments]

    def compose(self, *arguments: str, given: Mapping[str, str] | None = None, seconds: float = 300) -> Done:
        """Run a `docker compose` command that has to succeed."""
        return self.project.succeed(*self.command(*arguments), given={**self.given, **(given or {})}, seconds=seconds)

    def up(self, *arguments: str) -> Done:
        """Bring everything to the state that the files ask for, and wait until it is healthy."""
        return self.compose("up", "--detach", "--wait", "--wait-timeout", "120", *arguments)

    def config(self) -> dict[str, Any]:
        """Return what Compose reads in the files."""
        found: dict[str, Any] = json.loads(self.compose("config", "--format", "json").output)
        return found

    def containers(self) -> dict[str, dict[str, Any]]:
        """Return every container by its service."""
        labels = f"label=com.docker.compose.project={self.name}", "label=com.docker.compose.oneoff=False"
        found = inspect(*docker("ps", "--all", "--quiet", *(f"--filter={label}" for label in labels)).split())
        return {container["Config"]["Labels"]["com.docker.compose.service"]: container for container in found}

    def container(self, service: str) -> dict[str, Any]:
        return self.containers()[service]

    def lives(self) -> dict[str, tuple[str, str]]:
        """Return which container each service has, and since when it runs; what ends by itself is no service."""
        return {
            name: (found["Id"], found["State"]["StartedAt"])
            for name, found in self.containers().items()
            if found["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
        }

    def exec(self, service: str, *command: str) -> str:
        """Return what a command prints in a service's container."""
        return docker("exec", self.container(service)["Id"], *command)

    def logs(self) -> str:
        return "".join(docker("logs", container["Id"]) for container in self.containers().values())

    @contextlib.contextmanager
    def watching(self, *services: str) -> Iterator[None]:
        """Run `docker compose watch` for as long as the context lasts."""
        command = self.command("watch", "--no-up", *services)
        environment = {**os.environ, "DOCKER_CONFIG": DOCKER_CONFIG, **self.project.variables, **self.given}
        with subprocess.Popen(
            command,
            cwd=self.project.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as watch:
            try:
                assert watch.stdout is not None
                for line in watch.stdout:
                    if "Watch enabled" in line:
                        break
                else:
                    raise AssertionError(f"{' '.join(command)} ended")
                yield
            finally:
                watch.send_signal(signal.SIGINT)
                watch.communicate(timeout=30)

    def url(self, service: str, path: str = "") -> str:
        return f"http://127.0.0.1:{self.ports[service]}{path}"


@contextlib.contextmanager
def generated(template: Path, folder: Path, what: str, data: Mapping[str, Any]) -> Iterator[Project]:
    """Generate a project whose slug nobody else has and whose ports are free; what it made is removed in the end."""
    slug = f"slipway-{what}-{uuid.uuid4().hex[:8]}"
    copying.copy(template, folder, {**data, "project_slug": slug})
    example = (folder / ".env.example").read_text()
    names = re.findall(r"^#(\w+_(?:HOST|DEBUG)_PORT)=", example, re.MULTILINE)
    lines = [f"{name}={port}" for name, port in zip(names, free_ports(len(names)), strict=True)]
    (folder / ".env").write_text("\n".join([*lines, ""]))
    user = STRANGER if os.getuid() == 0 else (os.getuid(), os.getgid())
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, *user)
    try:
        yield Project(folder, slug, user)
    finally:
        remove(slug)


def give_secrets(project: Project) -> None:
    """Make the secrets of production, with values for those that only somebody else can issue."""
    project.run("python3", "-m", "ops", "secrets")
    secrets: dict[str, Any] = json.loads(project.path("ops/stack.json").read_text())["secrets"]
    for name, item in secrets.items():
        if not item["generated"]:
            project.path(f"secrets/{name}").write_text("a-key-that-somebody-gave")


def remove(slug: str) -> None:
    """Remove every container, volume, network and image of a project's environments."""
    names = [
        slug,
        *(f"{slug}-{environment}" for environment in ("production", "staging", "test", "waiting", "missing")),
    ]
    for name in names:
        label = f"label=com.docker.compose.project={name}"
        for kind, listing, removal in (
            ("container", ["--all"], ["--force", "--volumes"]),
            ("volume", [], ["--force"]),
            ("network", [], []),
        ):
            if found := docker(kind, "ls", "--quiet", f"--filter={label}", *listing).split():
                docker(kind, "rm", *removal, *found)
    tags = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    if mine := [tag for tag in tags if tag.rpartition("/")[2].startswith(f"{slug}-")]:
        docker("image", "rm", "--force", *mine)
