"""Programs that tests run: from this environment where it has them, else from the PATH."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

Item = TypeVar("Item")
BIN = Path(sys.executable).parent
PATH = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])


@functools.cache
def find(name: str) -> str | None:
    """Return the path of a program, or None."""
    return shutil.which(name, path=PATH)


def need(name: str, remedy: str) -> str:
    """Return the path of a program; skip the test, saying what to do, where it is not there."""
    found = find(name)
    if found is None:
        pytest.skip(f"{name} is not installed: {remedy}")
    return found


@functools.cache
def _plugin_works(plugin: str) -> bool:
    docker = find("docker")
    return (
        bool(docker)
        and subprocess.run([str(docker), plugin, "version"], capture_output=True, check=False).returncode == 0
    )


def need_docker(plugin: str) -> list[str]:
    """Return the command of one of Docker's plugins; skip the test where it is not there. No engine is needed."""
    docker = need("docker", "install Docker's command line")
    if not _plugin_works(plugin):
        pytest.skip(f"docker {plugin} is not installed: install Docker's {plugin} plugin")
    return [docker, plugin]


def output(command: Iterable[str | Path], folder: Path, **environment: str) -> str:
    """Return what a program printed if it failed, else an empty text."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, "PATH": PATH, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr or f"exit code {done.returncode}"


def failures(check: Callable[[Item], str], items: Iterable[Item]) -> list[str]:
    """Run a check that waits for programs on many items at once; return what the failing ones said."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        return [said for said in pool.map(check, items) if said]
