"""Whether there is room for images and data."""

from __future__ import annotations

import shutil
from pathlib import Path

from ops.process import run
from ops.report import Finding, error, ok, warning
from ops.stack import ROOT

GIB = 1024**3
ENOUGH = 5
LEAST = 1
REMEDY = "see what uses it: docker system df; free what nothing uses: docker system prune, docker builder prune"


def check() -> list[Finding]:
    """Return whether the disk with the engine's data is nearly full; where that is hidden, this repository's."""
    root = run(["docker", "info", "--format", "{{.DockerRootDir}}"], seconds=20).out.strip()
    # An engine in a virtual machine or elsewhere names a folder that is not of this machine.
    folder = Path(root) if root and Path(root).is_dir() else ROOT
    free = shutil.disk_usage(folder).free / GIB
    what = f"{free:.1f} GiB free on the disk of {folder}"
    if free < LEAST:
        return [error("disk", what, REMEDY)]
    if free < ENOUGH:
        return [warning("disk", f"only {what}", REMEDY)]
    return [ok("disk", what)]
