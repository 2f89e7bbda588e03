"""Development scripts that start a program again: by file events, or by looking where none arrive."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from support.catalog import catalog
from support.dockerfile import Dockerfile
from support.render import renderer

POLLED = [
    name for name, kind in catalog().kinds.items() if "WATCH_POLL" in {v.name for v in kind.development.variables}
]
# The compiler leaves a line for each time that it is called, and fails: there is nothing to start.
STAND_INS = {
    "cargo": "echo built >>built\nexit 1",
    "inotifywait": "echo waited >>waited\nexec sleep 30",
    "gdbserver": "",
    "python3": "",
    "curl": "",
}


@pytest.mark.parametrize("kind", POLLED)
@pytest.mark.parametrize("poll", [True, False])
def test_a_change_is_found_where_no_event_tells_of_it(kind: str, poll: bool, tmp_path: Path) -> None:
    files = renderer().render({"preset": "custom", "services": f"one:{kind}"})
    dockerfile = Dockerfile(files["services/one/Dockerfile"].text)
    (script,) = [i.heredocs[0] for i in dockerfile.stages["development"].all("COPY") if i.heredocs]
    for name, text in STAND_INS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.rs").write_text("one")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PORT": "9000", "CARGO_TARGET_DIR": str(tmp_path)}
    if poll:
        environment["WATCH_POLL"] = "true"
    with subprocess.Popen(["sh", "-c", script], cwd=tmp_path, env=environment, start_new_session=True) as running:
        try:
            assert builds(tmp_path, 1, 10) == 1
            (tmp_path / "src" / "main.rs").write_text("another")
            assert builds(tmp_path, 2, 10 if poll else 2) == (2 if poll else 1)
            assert (tmp_path / "waited").exists() != poll
        finally:
            os.killpg(running.pid, 9)


def builds(folder: Path, wanted: int, seconds: float) -> int:
    """Wait until it was built this often, and return how often it was."""
    until = time.monotonic() + seconds
    while True:
        found = len((folder / "built").read_text().splitlines()) if (folder / "built").exists() else 0
        if found >= wanted or time.monotonic() > until:
            return found
        time.sleep(0.05)
