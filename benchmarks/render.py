"""Measure `copier copy` and `copier update`, each next to a bare Copier template with the same files.

    python benchmarks/render.py                 the table of README.md
    python benchmarks/render.py --json          the same as JSON
    python benchmarks/render.py --sizes 1 10    only these numbers of services
    python benchmarks/render.py --mixes 0       no random mixes
    python benchmarks/render.py --profile 50    where the time of one copy of 50 services goes

Needs what generating a project needs, and git.
"""

from __future__ import annotations

import argparse
import cProfile
import itertools
import json
import os
import platform
import pstats
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("copier.yml", "extensions", "template")
SIZES = (1, 10, 50, 200)
# Services of a random mix, and how many mixes are drawn.
MIX = 30
MIXES = 3
# An update renders three times; 200 services say nothing that 50 do not.
LARGEST_UPDATE = 50
# No setting of this machine's git, and no name of its user.
GIT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "bench",
    "GIT_AUTHOR_EMAIL": "bench@example.com",
    "GIT_COMMITTER_NAME": "bench",
    "GIT_COMMITTER_EMAIL": "bench@example.com",
}
AIMS = {"default project": 1.2, "200 services": 8.0, "default project, in memory": 0.06}


class Time(NamedTuple):
    """What an action took: by the clock, and of the processors (its subprocesses included)."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Row:
    """Medians of one measurement; `bare` is what a bare template of the same files takes."""

    what: str
    files: int
    time: Time
    bare: Time | None = None

    @property
    def per_file(self) -> float:
        """Return the seconds that a file takes."""
        return self.time.seconds / self.files

    @property
    def ratio(self) -> float | None:
        """Return how many times the CPU time of the bare template this takes; a busy machine changes it little."""
        return self.time.cpu / self.bare.cpu if self.bare else None

    @property
    def aim(self) -> float | None:
        """Return the seconds that this should stay below."""
        return AIMS.get(self.what)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        plain = {"what": self.what, "files": self.files, "time": self.time._asdict(), "per_file": self.per_file}
        return plain | {"bare": self.bare and self.bare._asdict(), "ratio": self.ratio, "aim": self.aim}


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    subprocess.run(["git", *arguments], cwd=folder, env=GIT, check=True, capture_output=True)


def release(folder: Path, tag: str) -> None:
    """Commit everything in a folder, and tag it where `tag` is not empty."""
    if not (folder / ".git").is_dir():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", tag or "state")
    if tag:
        git(folder, "tag", tag)


def copier(*arguments: str) -> None:
    """Run Copier's command line, as a user does."""
    command = [sys.executable, "-m", "copier", *arguments]
    done = subprocess.run(command, env=GIT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def timed(action: Callable[[], object]) -> Time:
    """Return what an action takes."""
    started, before = time.perf_counter(), os.times()
    action()
    after = os.times()
    return Time(time.perf_counter() - started, sum(after[:4]) - sum(before[:4]))


def median(times: Sequence[Time]) -> Time:
    """Return the medians of both."""
    return Time(*(statistics.median(values) for values in zip(*times, strict=True)))


def quantity(count: int) -> str:
    """Return `1 service` or `2 services`."""
    return f"{count} service{'s' if count > 1 else ''}"


def progress(text: str) -> None:
    """Say on a terminal what is being measured."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def catalog() -> dict[str, dict[str, Any]]:
    """Return the description of every kind."""
    return {file.stem: yaml.safe_load(file.read_text()) for file in sorted((ROOT / "extensions/kinds").glob("*.yml"))}


def services(count: int) -> list[dict[str, Any]]:
    """Return services of all kinds in turn, each with every store that it can use; a site needs the API before it."""
    chosen: list[dict[str, Any]] = []
    for number, (name, kind) in zip(range(count), itertools.cycle(catalog().items()), strict=False):
        needs = list(kind.get("stores", []))
        if kind["role"] == "web" and chosen:
            needs.append(chosen[-1]["name"])
        chosen.append({"name": f"s{number + 1:03}", "kind": name, "needs": needs})
    return chosen


def cases(count: int) -> dict[str, list[dict[str, Any]]]:
    """Return what is measured with this many services; one alone is of each kind in turn."""
    if count > 1:
        return {quantity(count): services(count)}
    kinds = catalog().items()
    return {
        f"1 service, {name}": [{"name": "s001", "kind": name, "needs": list(kind.get("stores", []))}]
        for name, kind in kinds
    }


def mix(seed: int) -> list[dict[str, Any]]:
    """Return services of random kinds, with some of the stores that they can use and of the APIs before them."""
    drawn = random.Random(seed)  # noqa: S311 - the same mix each time
    kinds = catalog()
    chosen: list[dict[str, Any]] = []
    for number, name in enumerate(drawn.choices(sorted(kinds), k=MIX)):
        needs = [store for store in kinds[name].get("stores", []) if drawn.random() < 0.5]
        if kinds[name]["role"] != "function":
            apis = [other["name"] for other in chosen if kinds[other["kind"]]["role"] == "api"]
            needs += drawn.sample(apis, k=min(len(apis), drawn.randint(0, 2)))
        chosen.append({"name": f"s{number + 1:03}", "kind": name, "needs": needs})
    return chosen


def data(chosen: list[dict[str, Any]]) -> list[str]:
    """Return Copier's arguments for these services."""
    return ["-d", "preset=custom", "-d", f"services={json.dumps(chosen)}"]


def slipway(folder: Path) -> Path:
    """Make a git repository of the template as it is here, with a second version that changes one line."""
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache", "node_modules", ".venv")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy2(ROOT / name, folder / name)
    release(folder, "v1.0.0")
    readme = folder / "template" / "README.md.jinja"
    readme.write_text(readme.read_text() + "\nOne more line.\n")
    release(folder, "v2.0.0")
    return folder


def bare(folder: Path, project: Path) -> Path:
    """Make a git repository of a template without Jinja or extensions that writes files of the same paths and sizes."""
    for path in files(project):
        target = folder / "template" / path.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        size = path.stat().st_size
        target.write_text(("x" * 79 + "\n") * (size // 80) + "x" * (size % 80))
    (folder / "template" / ".copier-answers.yml.jinja").write_text("{{ _copier_answers | to_nice_yaml }}")
    (folder / "template" / ".copier-answers.yml").unlink()
    (folder / "copier.yml").write_text("_subdirectory: template\n")
    release(folder, "v1.0.0")
    (folder / "template" / "README.md").write_text("changed\n")
    release(folder, "v2.0.0")
    return folder


def files(project: Path) -> list[Path]:
    """Return the files of a project, without git's own."""
    return [path for path in project.rglob("*") if path.is_file() and ".git" not in path.relative_to(project).parts]


def copies(what: str, template: Path, arguments: list[str], work: Path, runs: int) -> Row:
    """Measure copies of ours and of a bare template in turn, so that both meet the same machine."""
    ours: list[Time] = []
    theirs: list[Time] = []
    first = work / "project"
    twin: Path | None = None
    for run in range(runs + 1):
        progress(f"copy, {what}: run {run} of {runs}")
        target = first if run == 0 else work / f"ours-{run}"
        released = ["copy", "--defaults", "--quiet", "--vcs-ref", "v1.0.0"]
        command = [*released, "--trust", *arguments, str(template), str(target)]
        seconds = timed(lambda command=command: copier(*command))  # type: ignore[misc]  # bound at once
        twin = twin or bare(work / "bare", first)
        command = [*released, str(twin), str(work / f"bare-{run}")]
        compared = timed(lambda command=command: copier(*command))  # type: ignore[misc]  # bound at once
        # The first run compiles Python and fills the disk cache.
        if run:
            ours.append(seconds)
            theirs.append(compared)
            shutil.rmtree(target)
            shutil.rmtree(work / f"bare-{run}")
    return Row(what, len(files(first)), median(ours), median(theirs))


def updates(count: int, work: Path, runs: int) -> Iterator[Row]:
    """Measure updates of the projects that `copies` left in `work`."""
    total = len(files(work / "project"))
    added = services(count + 1)
    newer = ["update", "--defaults", "--quiet", "--vcs-ref", "v2.0.0"]
    grow = [
        "update",
        "--trust",
        "--defaults",
        "--quiet",
        "--vcs-ref",
        ":current:",
        "-d",
        f"services={json.dumps(added)}",
    ]
    plain = [(work / "bare-0", newer)]
    cases: dict[str, list[tuple[Path, list[str]]]] = {
        f"to a newer version, {quantity(count)}": [(work / "project", [*newer, "--trust"]), *plain],
        f"one service more, {quantity(count)}": [(work / "project", grow), *plain],
    }
    for what, pair in cases.items():
        seconds: tuple[list[Time], list[Time]] = ([], [])
        for run in range(runs):
            progress(f"update, {what}: run {run + 1} of {runs}")
            for (project, command), found in zip(pair, seconds, strict=True):
                if not (project / ".git").is_dir():
                    release(project, "")
                found.append(timed(lambda command=command, project=project: copier(*command, str(project))))  # type: ignore[misc]  # bound at once
                git(project, "reset", "--quiet", "--hard")
                git(project, "clean", "--quiet", "-xdff")
        yield Row(what, total, median(seconds[0]), median(seconds[1]))


def in_memory(runs: int) -> Row:
    """Measure the renderer that the tests use, once it has compiled the templates."""
    sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "extensions")]
    from support.render import contents, renderer  # noqa: PLC0415 - found only with the path above

    warm = renderer()
    rendered = contents(warm.render({}))
    progress("in memory")
    times = [timed(lambda: contents(warm.render({}))) for _ in range(runs)]
    return Row("default project, in memory", len(rendered), median(times))


def by_kind() -> dict[str, int]:
    """Return how many files each kind writes into a service's folder, with every store that it can use."""
    from support.render import renderer  # noqa: PLC0415 - `in_memory` has set the path

    count: dict[str, int] = {}
    chosen = services(len(catalog()))
    tree = renderer().render({"preset": "custom", "services": chosen})
    for service in chosen:
        count[service["kind"]] = sum(path.startswith(f"services/{service['name']}/") for path in tree)
    return count


def measure(sizes: list[int], mixes: int, runs: int) -> dict[str, list[Row]]:
    """Return all measurements by table."""
    copied: list[Row] = []
    updated: list[Row] = []
    few = min(runs, 3)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        template = slipway(work / "slipway")
        copied.append(copies("default project", template, [], work / "default", runs))
        for size in sizes:
            places = [work / f"{size}-{number}" for number, _ in enumerate(cases(size))]
            for place, (what, chosen) in zip(places, cases(size).items(), strict=True):
                copied.append(copies(what, template, data(chosen), place, runs if size < LARGEST_UPDATE else few))
            if size <= LARGEST_UPDATE:
                updated += updates(size, places[0], few)
            for place in places:
                shutil.rmtree(place)
        for seed in range(1, mixes + 1):
            what = f"{quantity(MIX)}, mix {seed}"
            copied.append(copies(what, template, data(mix(seed)), work / f"mix-{seed}", few))
            shutil.rmtree(work / f"mix-{seed}")
        copied.append(in_memory(max(runs, 20)))
    progress("")
    return {"copy": copied, "update": updated}


def table(title: str, rows: list[Row]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"| {title} | files | seconds | ms per file | bare: seconds | CPU seconds | bare: CPU | ratio of CPU | aim |"
    yield "| --- | --: | --: | --: | --: | --: | --: | --: | --: |"
    for row in rows:
        digits = 2 if row.time.seconds >= 0.1 else 3
        clock, cpu = (f"{value:.{digits}f}" for value in row.time)
        bare_clock, bare_cpu = (f"{value:.2f}" for value in row.bare) if row.bare else ("-", "-")
        ratio = f"{row.ratio:.2f}" if row.ratio else "-"
        aim = f"< {row.aim:g} s" if row.aim else "-"
        cells = (row.what, row.files, clock, f"{row.per_file * 1000:.2f}", bare_clock, cpu, bare_cpu, ratio, aim)
        yield f"| {' | '.join(map(str, cells))} |"


def machine() -> dict[str, Any]:
    """Return what the numbers depend on."""
    git_version = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "copier": version("copier"),
        "git": git_version,
        "load": round(os.getloadavg()[0], 1),
    }


def profile(count: int) -> None:
    """Print where the time of one copy in this process goes."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        template = slipway(work / "slipway")
        from copier import run_copy  # noqa: PLC0415 - its import is no part of the profile

        given: Mapping[str, Any] = {"preset": "custom", "services": services(count)}
        profiler = cProfile.Profile()
        profiler.enable()
        run_copy(str(template), work / "project", data=dict(given), defaults=True, unsafe=True, quiet=True)
        profiler.disable()
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


def main() -> int:
    """Measure and print; return 1 when an aim is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON in place of tables")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median counts (3 from 50 services on)")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="numbers of services")
    parser.add_argument("--mixes", type=int, default=MIXES, help=f"how many random mixes of {MIX} services")
    parser.add_argument("--profile", type=int, metavar="N", help="profile a copy of N services and measure nothing")
    options = parser.parse_args()
    if options.profile:
        profile(options.profile)
        return 0
    rows = measure(options.sizes, options.mixes, options.runs)
    kinds = by_kind()
    if options.json:
        derived = {name: [row.as_json() for row in found] for name, found in rows.items()}
        print(json.dumps({"machine": machine(), **derived, "files_by_kind": kinds}, indent=2))
    else:
        print(", ".join(f"{key} {value}" for key, value in machine().items()), end="\n\n")
        print("\n".join(table("copy", rows["copy"])), end="\n\n")
        print("\n".join(table("update", rows["update"])), end="\n\n")
        print(f"Files of one service: {', '.join(f'{kind} {count}' for kind, count in kinds.items())}.")
    missed = [row.what for found in rows.values() for row in found if row.aim and row.time.seconds >= row.aim]
    for what in missed:
        print(f"missed the aim: {what}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
