"""Start a project and wait until it is healthy, or until it is plain that it will not be."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence

from ops.compose import Project, name_of
from ops.containers import of_project
from ops.process import environment
from ops.stack import ROOT

# Longest that a service may take until it is healthy, after those that it needs are.
SECONDS = 180
# A container that stopped this often since the start will go on like that: Compose alone would wait for it.
RESTARTS = 2
INTERVAL = 1.0


def start(project: Project, services: Sequence[str], arguments: Sequence[str] = ()) -> bool:
    """Start services (all of them when none is named) with those that they need; return whether they are healthy."""
    name = name_of(project)
    before = {container.id: container.restarts for container in of_project(name)} if name else {}
    command = project.command("up", "--detach", "--wait", "--wait-timeout", str(SECONDS), *arguments, *services)
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL) as compose:
        try:
            while compose.poll() is None:
                time.sleep(INTERVAL)
                if name and _crashing(name, before):
                    compose.terminate()
                    compose.wait()
                    return False
        except KeyboardInterrupt:
            # A terminal has interrupted Compose too, which then tidies up its lines; a background job has not.
            try:
                compose.wait(timeout=5)
            except subprocess.TimeoutExpired:
                compose.terminate()
                compose.wait()
            raise
    return compose.returncode == 0


def _crashing(name: str, before: dict[str, int]) -> bool:
    return any(container.restarts - before.get(container.id, 0) >= RESTARTS for container in of_project(name))
