"""Measure the production image of every kind of service: how long it takes to build, and how large it is.

    python benchmarks/images.py             the table of README.md
    python benchmarks/images.py --json      the same as JSON
    python benchmarks/images.py fastapi     only this kind

Needs what the engine's tests need. Services are those of their stack with one of every kind, each
with all that it can use; images are built one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "extensions")]

from engine import filesystem  # noqa: E402 - found on the path that this file extends
from engine.buildlog import executed  # noqa: E402
from engine.commands import docker  # noqa: E402
from engine.mixed.sources import changed_source  # noqa: E402
from engine.mixed.stack import libraries, service_name, services  # noqa: E402
from engine.project import Project, remove  # noqa: E402
from engine.test_images import base_of  # noqa: E402
from support import copying  # noqa: E402
from support.catalog import catalog  # noqa: E402

# A first build compiles all crates of a service, or fetches some hundred MB.
SECONDS = 1800


@dataclass(frozen=True)
class Row:
    """One image: seconds that its builds take, MB that it has and adds to its base, and the load meanwhile."""

    kind: str
    cold: float
    warm: float
    code: float
    size: float
    added: float
    load: float


def measure(project: Project, kind: str, folder: Path) -> Row:
    """Build a service's image without cache, again, and with another source; then read what is in it."""
    name = service_name(kind)
    progress(f"{kind}: cold")
    cold = project.bake("--no-cache", name, seconds=SECONDS).seconds
    load = os.getloadavg()[0]
    progress(f"{kind}: warm")
    warm = project.bake(name)
    if ran := executed(warm.output):
        sys.exit(f"{kind}: a second build ran {[step.command for step in ran]}")
    progress(f"{kind}: code")
    with changed_source(project, name):
        code = project.bake(name, tag="code", seconds=SECONDS).seconds
    image = filesystem.read(project.image(name), base_of(project.path(project.services[name]["path"])), folder)
    size, added = (sum(layers) / 1e6 for layers in (image.sizes, image.sizes[image.base_layers :]))
    return Row(kind, cold, warm.seconds, code, size, added, load)


def progress(text: str) -> None:
    """Say on a terminal what is being measured."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def rows(kinds: Iterable[str]) -> Iterator[Row]:
    """Measure each kind in one project that has them all, and remove what that made."""
    slug = f"slipway-bench-{uuid.uuid4().hex[:8]}"
    data = {"project_slug": slug, "preset": "custom", "services": services(), "libraries": libraries()}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        template = copying.clone_files(place / "slipway")
        project = Project(copying.copy(template, place / "project", data), slug, (os.getuid(), os.getgid()))
        try:
            for kind in kinds:
                yield measure(project, kind, place)
        finally:
            remove(slug)
            progress("")


def table(measured: list[Row]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield "| image | cold build | warm build | code-only build | MB | MB added to its base | load |"
    yield "| --- | --: | --: | --: | --: | --: | --: |"
    for row in measured:
        times = (f"{seconds:.1f} s" for seconds in (row.cold, row.warm, row.code))
        sizes = (f"{size:.1f}" for size in (row.size, row.added, row.load))
        yield f"| {' | '.join((f'`{row.kind}`', *times, *sizes))} |"
    total = (f"{sum(values):.1f} s" for values in zip(*((r.cold, r.warm, r.code) for r in measured), strict=True))
    yield f"| sum | {' | '.join(total)} | | | |"


def machine() -> dict[str, Any]:
    """Return what the numbers depend on."""
    engine, buildx = docker("version", "--format", "{{.Server.Version}}"), docker("buildx", "version").split()[1]
    return {"cores": os.cpu_count(), "engine": engine.strip(), "buildx": buildx}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON in place of a table")
    parser.add_argument("kinds", nargs="*", default=list(catalog().kinds), help="only these")
    options = parser.parse_args()
    measured = list(rows(options.kinds))
    if options.json:
        print(json.dumps({"machine": machine(), "images": [asdict(row) for row in measured]}, indent=2))
    else:
        print(", ".join(f"{key} {value}" for key, value in machine().items()), end="\n\n")
        print("\n".join(table(measured)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
