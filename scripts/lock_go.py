"""Lock the Go modules of the Go API kind.

Its services need different modules: a service without PostgreSQL has no pgx. This runs `go mod tidy`
for every combination of stores and volumes and writes one template each for go.mod, go.sum and
packages.txt, in which what only some combinations need stands between the conditions for it. A
template renders, for each combination, to the very bytes that Go writes there.

    python scripts/lock_go.py            add and drop modules, keep the others' versions
    python scripts/lock_go.py --upgrade  take the newest versions
    python scripts/lock_go.py --check    change nothing; exit 1 where a template is out of date
"""

import argparse
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "extensions"), str(ROOT / "tests")]

from support.render import renderer  # noqa: E402 - found on the path that this file extends

SKELETON = next((ROOT / "template").glob("*go_api_services*"))
FILES = ("go.mod", "go.sum", "packages.txt")
PARTS = ("postgres", "redis", "volumes")
CONDITIONS = {
    "postgres": "'postgres' in service.stores",
    "redis": "'redis' in service.stores",
    "volumes": "service.volumes",
}
COMBINATIONS = tuple(
    frozenset(combination) for size in range(len(PARTS) + 1) for combination in itertools.combinations(PARTS, size)
)
EVERYTHING = frozenset(PARTS)
MODULE = "slipway-service"
JINJA = Environment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - text files, not HTML
)

Combination = frozenset[str]


def context(parts: Combination) -> dict[str, Any]:
    """Return what a template sees of a service with these parts."""
    stores = tuple(part for part in ("postgres", "redis") if part in parts)
    volumes = ("volume",) if "volumes" in parts else ()
    return {"service": SimpleNamespace(image=MODULE, stores=stores, volumes=volumes)}


def write_source(folder: Path, parts: Combination) -> None:
    """Write the skeleton of a service with these parts."""
    service: dict[str, Any] = {"name": "service", "kind": "go-api", "path": "service"}
    service["needs"] = [part for part in ("postgres", "redis") if part in parts]
    if "volumes" in parts:
        service["volumes"] = [{"name": "volume"}]
    answers = {"project_slug": "slipway", "preset": "custom", "services": [service]}
    for path, file in renderer().render(answers).items():
        if path.startswith("service/"):
            target = folder / path.removeprefix("service/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)


def lock(folder: Path, seed: str, *, upgrade: bool) -> dict[str, str]:
    """Return the locked files of the service in a folder; versions in `seed` are kept where they fit."""

    def go(*arguments: str) -> str:
        given = {**os.environ, "GOFLAGS": "-tags=grpcnotrace", "GOWORK": "off"}
        done = subprocess.run(["go", *arguments], cwd=folder, env=given, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    (folder / "go.mod").write_text(seed)
    if upgrade:
        go("get", "-u", "./...")
    go("mod", "tidy")
    imports = go("list", "-f", '{{join .Imports "\\n"}}', "./...").split()
    packages = sorted({name for name in imports if "." in name})
    (folder / "packages.txt").write_text("".join(f"{name}\n" for name in packages))
    return {name: (folder / name).read_text() for name in FILES}


def condition(combinations: set[Combination]) -> str:
    """Return the Jinja condition that holds for exactly these combinations, "" if for all."""
    if combinations == set(COMBINATIONS):
        return ""
    simple = list(CONDITIONS.values())
    candidates = [*simple, *(f"not {text}" for text in simple), *(f"not ({text})" for text in simple)]
    candidates += [f"{one} or {other}" for one, other in itertools.combinations(simple, 2)]
    candidates += [f"{one} and {other}" for one, other in itertools.combinations(simple, 2)]
    for candidate in candidates:
        holds = JINJA.compile_expression(candidate)
        if combinations == {parts for parts in COMBINATIONS if holds(**context(parts))}:
            return candidate
    raise ValueError(f"no condition holds for exactly these combinations: {[sorted(parts) for parts in combinations]}")


def template(files: dict[Combination, str]) -> str:
    """Return one template that renders to each combination's file."""
    where: dict[str, set[Combination]] = {}
    for parts, text in files.items():
        for line in sections(text):
            where.setdefault(line, set()).add(parts)
    written = []
    for needed, group in itertools.groupby(sorted(where), key=lambda line: condition(where[line])):
        text = "".join(line.partition("\0")[2] for line in group)
        written.append(f"{{% if {needed} %}}\n{text}{{% endif %}}\n" if needed else text)
    return "".join(written).replace(f"module {MODULE}\n", "module {{ service.image }}\n")


def sections(text: str) -> list[str]:
    """Return each line after a key that sorts it: its paragraph, then what Go sorts by."""
    found = []
    paragraph = 0
    for line in text.splitlines(keepends=True):
        rank = 0 if line.endswith("(\n") else 2 if line == ")\n" else 3 if line == "\n" else 1
        path, _, version = line.strip().partition(" ")
        # Versions are sorted by their numbers: 1.10 comes after 1.9.
        version = re.sub(r"\d+", lambda number: number[0].zfill(20), version)
        found.append(f"{paragraph:02}{rank}{path} {version}\0{line}")
        paragraph += line == "\n"
    return found


def main() -> int:
    """Write or check the templates; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--upgrade", action="store_true", help="take the newest versions")
    mode.add_argument("--check", action="store_true", help="change nothing, exit 1 if out of date")
    arguments = parser.parse_args()
    if shutil.which("go") is None:
        print("go is not on the PATH", file=sys.stderr)
        return 2

    templates = {name: SKELETON / f"{name}.jinja" for name in FILES}
    current = {name: file.read_text() if file.exists() else "" for name, file in templates.items()}
    seed = JINJA.from_string(current["go.mod"]).render(context(EVERYTHING))
    locked: dict[Combination, dict[str, str]] = {}
    # The largest first: the others keep its versions.
    for parts in reversed(COMBINATIONS):
        with tempfile.TemporaryDirectory() as folder:
            write_source(Path(folder), parts)
            locked[parts] = lock(Path(folder), seed, upgrade=arguments.upgrade and parts == EVERYTHING)
        if parts == EVERYTHING:
            seed = locked[parts]["go.mod"]

    outdated = False
    for name, file in templates.items():
        files = {parts: locked[parts][name] for parts in COMBINATIONS}
        text = template(files)
        for parts, expected in files.items():
            if JINJA.from_string(text).render(context(parts)) != expected:
                raise AssertionError(f"{name} with {sorted(parts)} is not what Go writes")
        if text != current[name]:
            outdated = True
            print(f"{name}: {'out of date' if arguments.check else 'written'}")
            if not arguments.check:
                file.write_text(text)
    return 1 if arguments.check and outdated else 0


if __name__ == "__main__":
    sys.exit(main())
