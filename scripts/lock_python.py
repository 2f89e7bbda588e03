"""Lock the Python packages of every kind that has them.

Services of one kind need different packages: a FastAPI service without PostgreSQL has no SQLAlchemy.
This compiles the locks of every combination of what a kind can use and writes one template for each
lock file, in which what only some combinations need stands between the conditions for it. A template
renders, for each combination, to the very bytes that `uv pip compile` writes there.

    python scripts/lock_python.py            add and drop packages, keep the others' versions
    python scripts/lock_python.py --upgrade  take the newest versions
    python scripts/lock_python.py --check    change nothing; exit 1 where a template is out of date
    python scripts/lock_python.py fastapi    only this kind
"""

from __future__ import annotations

import argparse
import itertools
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import yaml
from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).resolve().parents[1]
JINJA = Environment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - text files, not HTML
)

Combination = frozenset[str]


@dataclass(frozen=True)
class Kind:
    """A kind of service with Python packages: what its services can use, and how its locks are compiled."""

    name: str
    skeleton: Path
    stores: tuple[str, ...]
    options: tuple[str, ...]
    locks: dict[str, list[str]]

    @property
    def everything(self) -> Combination:
        """The combination of all that a service can use."""
        return frozenset((*self.stores, *self.options))

    @property
    def combinations(self) -> list[Combination]:
        """Every combination, the largest last."""
        uses = [*self.stores, *self.options]
        return [frozenset(some) for size in range(len(uses) + 1) for some in itertools.combinations(uses, size)]

    def service(self, combination: Combination) -> SimpleNamespace:
        """Return a service, as templates see it, that uses these."""
        stores = tuple(store for store in self.stores if store in combination)
        options = {option: option in combination for option in self.options}
        return SimpleNamespace(name="service", stores=stores, **options)

    def render(self, template: str, combination: Combination) -> str:
        """Return the template's text as a service that uses these gets it."""
        stack = SimpleNamespace(name="stack")
        return JINJA.from_string(template).render(service=self.service(combination), stack=stack)


def kinds(names: list[str]) -> Iterator[Kind]:
    """Yield the kinds of these names, by default all that lock with uv."""
    for file in sorted((ROOT / "extensions" / "kinds").glob("*.yml")):
        spec = yaml.safe_load(file.read_text())
        commands = [shlex.split(command) for command in spec["commands"]["lock"].split("&&")]
        if (names and file.stem not in names) or any(command[:3] != ["uv", "pip", "compile"] for command in commands):
            continue
        (skeleton,) = (ROOT / "template").glob(f"*{file.stem.replace('-', '_')}_services*")
        locks = {command[command.index("-o") + 1]: command for command in commands}
        # Of the options, only this one needs other packages.
        options = tuple(option for option in spec.get("accepts", ()) if option == "gpu")
        yield Kind(file.stem, skeleton, tuple(spec.get("stores", ())), options, locks)


def compile_locks(kind: Kind, folder: Path, combination: Combination, seed: dict[str, str]) -> dict[str, str]:
    """Return the lock files of one combination; versions in `seed` are kept where they fit."""
    pyproject = (kind.skeleton / "pyproject.toml.jinja").read_text()
    (folder / "pyproject.toml").write_text(kind.render(pyproject, combination))
    for name, text in seed.items():
        (folder / name).write_text(text)
    for command in kind.locks.values():
        subprocess.run([*command, "--quiet"], cwd=folder, check=True)
    return {name: uncommand((folder / name).read_text()) for name in kind.locks}


def uncommand(lock: str) -> str:
    """Drop from a lock's header the option that only this script passes."""
    return lock.replace(" --quiet\n", "\n", 1)


def blocks(lock: str) -> tuple[str, list[str]]:
    """Split a lock file into its header and one text per package."""
    header: list[str] = []
    packages: list[str] = []
    for line in lock.splitlines(keepends=True):
        if not packages and line.startswith("#"):
            header.append(line)
        elif line.startswith(" "):
            packages[-1] += line
        else:
            packages.append(line)
    return "".join(header), packages


def condition(kind: Kind, combinations: set[Combination]) -> str:
    """Return the Jinja condition that holds for exactly these combinations, "" if for all."""
    if combinations == set(kind.combinations):
        return ""
    tests = [f"'{store}' in service.stores" for store in kind.stores]
    tests += [f"service.{option}" for option in kind.options]
    several = [some for size in range(2, len(tests) + 1) for some in itertools.combinations(tests, size)]
    candidates = [*tests, *(" or ".join(some) for some in several), *(" and ".join(some) for some in several)]
    candidates += [f"not ({candidate})" for candidate in candidates]
    for candidate in candidates:
        holds = JINJA.compile_expression(candidate)
        if combinations == {some for some in kind.combinations if holds(service=kind.service(some))}:
            return candidate
    names = [sorted(combination) for combination in combinations]
    raise ValueError(f"no condition holds for exactly these combinations of {kind.name}: {names}")


def template(kind: Kind, locks: dict[Combination, str]) -> str:
    """Return one template that renders to each combination's lock."""
    where: dict[str, set[Combination]] = {}
    for combination, lock in locks.items():
        for block in blocks(lock)[1]:
            where.setdefault(block, set()).add(combination)
    parts = [blocks(locks[kind.everything])[0]]
    ordered = sorted(where, key=lambda block: block.split("=")[0].split("[")[0])
    for needed, group in itertools.groupby(ordered, key=lambda block: condition(kind, where[block])):
        text = "".join(group)
        parts.append(f"{{% if {needed} %}}\n{text}{{% endif %}}\n" if needed else text)
    return "".join(parts)


def lock(kind: Kind, *, upgrade: bool, check: bool) -> bool:
    """Write or check the templates of one kind; return whether they were out of date."""
    files = {name: kind.skeleton / f"{name}.jinja" for name in kind.locks}
    current = {name: file.read_text() if file.exists() else "" for name, file in files.items()}
    seed = {name: kind.render(text, kind.everything) for name, text in current.items() if not upgrade}
    compiled: dict[Combination, dict[str, str]] = {}
    # The largest first: the others keep its versions.
    for combination in reversed(kind.combinations):
        with tempfile.TemporaryDirectory() as folder:
            compiled[combination] = compile_locks(kind, Path(folder), combination, seed)
        if combination == kind.everything:
            seed = compiled[combination]

    outdated = False
    for name, file in files.items():
        locks = {combination: compiled[combination][name] for combination in kind.combinations}
        text = template(kind, locks)
        for combination, expected in locks.items():
            if kind.render(text, combination) != expected:
                raise AssertionError(f"{name} of {kind.name} with {sorted(combination)} is not what uv writes")
        if text != current[name]:
            outdated = True
            print(f"{kind.name}: {name}: {'out of date' if check else 'written'}")
            if not check:
                file.write_text(text)
    return outdated


def main() -> int:
    """Write or check every template; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--upgrade", action="store_true", help="take the newest versions")
    mode.add_argument("--check", action="store_true", help="change nothing, exit 1 if out of date")
    parser.add_argument("kind", nargs="*", help="only these kinds")
    arguments = parser.parse_args()
    if shutil.which("uv") is None:
        print("uv is not on the PATH: pip install uv", file=sys.stderr)
        return 2
    outdated = [lock(kind, upgrade=arguments.upgrade, check=arguments.check) for kind in kinds(arguments.kind)]
    return 1 if arguments.check and any(outdated) else 0


if __name__ == "__main__":
    sys.exit(main())
