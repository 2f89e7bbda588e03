"""Lock the crates of the kinds that are written in Rust.

Like lock_go: this has Cargo lock every combination of what a service can need, and writes one template
for each kind's Cargo.lock, in which what only some combinations need stands between the conditions for
it. A template renders, for each combination, to the very bytes that Cargo writes there. Where they
are the same for all, it is a plain file.

    python scripts/lock_rust.py            add and drop crates, keep the others' versions
    python scripts/lock_rust.py --upgrade  take the newest versions
    python scripts/lock_rust.py --check    change nothing; exit 1 where a lock file is out of date
"""

import argparse
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "extensions"), str(ROOT / "tests")]

from model.catalog import Kind  # noqa: E402 - found on the path that this file extends
from support.catalog import catalog  # noqa: E402
from support.render import renderer  # noqa: E402

FILE = "Cargo.lock"
UPSTREAM = "upstream"
# What a service may need besides stores: fields of a service in a template.
LISTS = ("volumes", "upstreams")
JINJA = Environment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - text files, not HTML
)
PACKAGE = "\n[[package]]\n"
# The lines of a package, by how they begin, in Cargo's order.
LINES = ("name = ", "version = ", "source = ", "checksum = ", "dependencies = [", ' "', "]")

# What a service needs: names of stores, `volumes` and `upstreams`.
Needs = frozenset[str]


def skeleton(kind: Kind) -> Path:
    """Return the folder of a kind's files."""
    return next((ROOT / "template").glob(f"*from {kind.variable_name} *"))


def options(kind: Kind) -> tuple[str, ...]:
    """Return what changes the crates of a kind: the stores that it can use, and what its manifest asks for."""
    manifest = (skeleton(kind) / "Cargo.toml.jinja").read_text()
    return (*kind.stores, *(name for name in LISTS if f"service.{name}" in manifest))


def combinations(names: Collection[str]) -> tuple[Needs, ...]:
    """Return every set of needs, the largest first."""
    return tuple(
        frozenset(chosen) for size in range(len(names), -1, -1) for chosen in itertools.combinations(names, size)
    )


def service(needs: Needs) -> SimpleNamespace:
    """Return what the lock file's template sees of a service with these needs."""
    given = {name: (name,) if name in needs else () for name in LISTS}
    return SimpleNamespace(stores=tuple(sorted(needs - given.keys())), **given)


def render(template: str, needs: Needs) -> str:
    """Return the template's text as a service with these needs gets it."""
    return JINJA.from_string(template).render(service=service(needs))


def write_source(folder: Path, kind: Kind, needs: Needs) -> None:
    """Write the skeleton of a service with these needs, without a lock file."""
    service: dict[str, Any] = {"name": "service", "kind": kind.name, "path": "service"}
    service["needs"] = [store for store in kind.stores if store in needs]
    services = [service]
    if "volumes" in needs:
        service["volumes"] = [{"name": "volume"}]
    if "upstreams" in needs:
        service["needs"].append(UPSTREAM)
        services.append({"name": UPSTREAM, "kind": kind.name})
    answers = {"project_slug": "slipway", "preset": "custom", "services": services}
    for path, file in renderer().render(answers).items():
        if path.startswith("service/") and path != f"service/{FILE}":
            target = folder / path.removeprefix("service/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)


def lock(folder: Path, seed: str) -> str:
    """Return the lock of the service in a folder; versions in `seed` are kept where they fit."""
    if seed:
        (folder / FILE).write_text(seed)
    # With `--workspace` only what the manifest has come to need is looked up.
    subprocess.run(["cargo", "update", "--workspace", "--quiet"], cwd=folder, check=True)
    return (folder / FILE).read_text()


def condition(where: Collection[Needs], among: Collection[Needs]) -> str:
    """Return the shortest Jinja condition that tells these needs from the others, "" if there are no others."""
    if set(where) == set(among):
        return ""
    for candidate in candidates(sorted(frozenset().union(*among))):
        holds = JINJA.compile_expression(candidate)
        if set(where) == {needs for needs in among if holds(service=service(needs))}:
            return candidate
    raise ValueError(f"no condition holds for exactly these needs: {sorted(map(sorted, where))}")


def candidates(names: Iterable[str]) -> Iterator[str]:
    """Yield conditions: that a service needs one of some names, all of them, not one, not all."""
    holds = {name: f"service.{name}" if name in LISTS else f"'{name}' in service.stores" for name in names}
    fails = {name: f"not service.{name}" if name in LISTS else f"'{name}' not in service.stores" for name in holds}
    for size in range(1, len(holds) + 1):
        for chosen in itertools.combinations(holds, size):
            yield from (word.join(holds[name] for name in chosen) for word in (" or ", " and "))
            yield from (word.join(fails[name] for name in chosen) for word in (" or ", " and "))


def template(locks: dict[Needs, str]) -> str:
    """Return one template that renders to each combination's lock."""
    heads = {text.partition(PACKAGE)[0] for text in locks.values()}
    if len(heads) > 1:
        raise ValueError(f"the locks begin in {len(heads)} ways")
    found: dict[tuple[Any, ...], dict[Needs, list[str]]] = {}
    for needs, text in locks.items():
        for package in text.split(PACKAGE)[1:]:
            lines = package.splitlines(keepends=True)
            found.setdefault(rank("".join(lines[:2])), {})[needs] = lines
    packages = [(condition(found[key], locks), PACKAGE + merged(found[key])) for key in sorted(found)]
    return heads.pop() + conditional(packages)


def merged(package: dict[Needs, list[str]]) -> str:
    """Return the lines of a package, each under the condition that it has among those who need the package."""
    where: dict[str, set[Needs]] = {}
    for needs, lines in package.items():
        for line in lines:
            where.setdefault(line, set()).add(needs)
    ordered = sorted(
        where, key=lambda line: (next(n for n, start in enumerate(LINES) if line.startswith(start)), rank(line))
    )
    return conditional([(condition(where[line], package), line) for line in ordered])


def conditional(texts: Iterable[tuple[str, str]]) -> str:
    """Return texts in order, each under its condition; neighbours share theirs."""
    written = []
    for needed, group in itertools.groupby(texts, key=lambda each: each[0]):
        text = "".join(each for _, each in group)
        written.append(f"{{% if {needed} %}}\n{text}{{% endif %}}\n" if needed else text)
    return "".join(written)


def rank(text: str) -> tuple[str, ...]:
    """Return what Cargo sorts by: a name, then a version, by its numbers: 1.10 comes after 1.9."""
    name, *version = re.findall(r"[^\s\"=]+", text.replace("name =", "").replace("version =", ""))
    return (name, *(re.sub(r"\d+", lambda number: number[0].zfill(20), part) for part in version))


def main() -> int:
    """Write or check the lock files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--upgrade", action="store_true", help="take the newest versions")
    mode.add_argument("--check", action="store_true", help="change nothing, exit 1 if out of date")
    arguments = parser.parse_args()
    if shutil.which("cargo") is None:
        print("cargo is not on the PATH: install Rust", file=sys.stderr)
        return 2

    outdated = False
    for kind in (kind for kind in catalog().kinds.values() if kind.language == "rust"):
        every = combinations(options(kind))
        files = [skeleton(kind) / name for name in (FILE, f"{FILE}.jinja")]
        current = {file: file.read_text() for file in files if file.exists()}
        seed = "".join(render(text, every[0]) for text in current.values()) if not arguments.upgrade else ""
        locks: dict[Needs, str] = {}
        for needs in every:
            with tempfile.TemporaryDirectory() as folder:
                write_source(Path(folder), kind, needs)
                locks[needs] = lock(Path(folder), seed)
            # The largest comes first: the others keep its versions.
            seed = locks[every[0]]
        text = template(locks)
        for needs, written in locks.items():
            if render(text, needs) != written:
                raise AssertionError(f"{kind.name} with {sorted(needs)} is not what Cargo writes")
        wanted = {files["{%" in text]: text}
        if wanted != current:
            outdated = True
            print(f"{kind.name}: {'out of date' if arguments.check else 'written'}")
            if not arguments.check:
                for file in current.keys() - wanted.keys():
                    file.unlink()
                for file, text in wanted.items():
                    file.write_text(text)
    return 1 if arguments.check and outdated else 0


if __name__ == "__main__":
    sys.exit(main())
