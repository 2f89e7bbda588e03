"""Commands that the tests run, as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

# The tests have a HOME of their own, but plugins of the client may be installed in the user's.
DOCKER_CONFIG = os.environ.get("DOCKER_CONFIG", str(Path.home() / ".docker"))


class Done(NamedTuple):
    """A command that has ended: its exit code, all that it printed, and how long it took."""

    code: int
    output: str
    seconds: float


def run(*command: str, cwd: Path | None = None, given: Mapping[str, str] | None = None, seconds: float = 300) -> Done:
    """Run a command to its end, whatever its exit code; `given` are further environment variables."""
    started = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "DOCKER_CONFIG": DOCKER_CONFIG, **(given or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
    )
    return Done(done.returncode, done.stdout, time.perf_counter() - started)


def succeed(
    *command: str, cwd: Path | None = None, given: Mapping[str, str] | None = None, seconds: float = 300
) -> Done:
    """Run a command that has to succeed."""
    done = run(*command, cwd=cwd, given=given, seconds=seconds)
    if done.code:
        raise AssertionError(f"{' '.join(command)}: exit code {done.code}\n{done.output[-6000:]}")
    return done


def docker(*arguments: str, seconds: float = 300) -> str:
    """Return what a `docker` command prints."""
    return succeed("docker", *arguments, seconds=seconds).output


def inspect(*names: str) -> list[dict[str, Any]]:
    """Return what the engine knows about containers, images or networks."""
    found: list[dict[str, Any]] = json.loads(docker("inspect", *names)) if names else []
    return found
