"""Lock the Python packages of the kinds in Python.

Services of one kind need different packages: an API without PostgreSQL has no SQLAlchemy. This
compiles the lock of every combination of stores and writes one template for each lock file, in
which what only some combinations need stands between the conditions for it. A template renders,
for each combination, to the very bytes that `uv pip compile` writes there.

    python scripts/lock_python.py            add and drop packages, keep the others' versions
    python scripts/lock_python.py --upgrade  take the newest versions
    python scripts/lock_python.py --check    change nothing; exit 1 where a template is out of date
"""

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import yaml
from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {
    "requirements.txt": [],
    "requirements-dev.txt": ["--group", "dev", "-c", "requirements.txt"],
}
JINJA = Environment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - text files, not HTML
)

Combination = frozenset[str]


class PythonKind:
    """A kind whose lock files are written: its folder, and the combinations of stores that it can use."""

    def __init__(self, name: str, stores: Sequence[str]) -> None:
        self.name = name
        self.skeleton = next((ROOT / "template").glob(f"*from {name.replace('-', '_')}_services *"))
        self.stores = tuple(stores)
        self.combinations = tuple(
            frozenset(combination)
            for size in range(len(stores) + 1)
            for combination in itertools.combinations(stores, size)
        )
        self.everything = frozenset(stores)


def kinds() -> list[PythonKind]:
    """Return the kinds in Python, as their descriptions say."""
    descriptions = {file.stem: yaml.safe_load(file.read_text()) for file in (ROOT / "extensions/kinds").glob("*.yml")}
    return [
        PythonKind(name, description.get("stores", ()))
        for name, description in sorted(descriptions.items())
        if description["language"] == "python"
    ]


def render(template: str, stores: Combination) -> str:
    """Return the template's text as a service that needs these stores gets it."""
    service = SimpleNamespace(name="service", stores=tuple(sorted(stores)))
    stack = SimpleNamespace(name="stack")
    return JINJA.from_string(template).render(service=service, stack=stack)


def compile_locks(kind: PythonKind, folder: Path, stores: Combination, seed: dict[str, str]) -> dict[str, str]:
    """Return the lock files of one combination; versions in `seed` are kept where they fit."""
    pyproject = (kind.skeleton / "pyproject.toml.jinja").read_text()
    (folder / "pyproject.toml").write_text(render(pyproject, stores))
    for name, text in seed.items():
        (folder / name).write_text(text)
    for name, options in LOCKS.items():
        command = ["uv", "pip", "compile", "pyproject.toml", *options, "-o", name]
        subprocess.run([*command, "--quiet"], cwd=folder, check=True)
    return {name: uncommand((folder / name).read_text()) for name in LOCKS}


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


def condition(kind: PythonKind, combinations: set[Combination]) -> str:
    """Return the Jinja condition that holds for exactly these combinations, "" if for all."""
    if combinations == set(kind.combinations):
        return ""
    candidates = [f"'{store}' in service.stores" for store in kind.stores]
    candidates += [" or ".join(candidates), " and ".join(candidates)]
    candidates += [f"not ({candidate})" for candidate in candidates]
    for candidate in candidates:
        holds = JINJA.compile_expression(candidate)
        if combinations == {stores for stores in kind.combinations if holds(service={"stores": sorted(stores)})}:
            return candidate
    names = [sorted(stores) for stores in combinations]
    raise ValueError(f"no condition holds for exactly these combinations of stores: {names}")


def template(kind: PythonKind, locks: dict[Combination, str]) -> str:
    """Return one template that renders to each combination's lock."""
    where: dict[str, set[Combination]] = {}
    for stores, lock in locks.items():
        for block in blocks(lock)[1]:
            where.setdefault(block, set()).add(stores)
    parts = [blocks(locks[kind.everything])[0]]
    ordered = sorted(where, key=lambda block: block.split("=")[0].split("[")[0])
    for needed, group in itertools.groupby(ordered, key=lambda block: condition(kind, where[block])):
        text = "".join(group)
        parts.append(f"{{% if {needed} %}}\n{text}{{% endif %}}\n" if needed else text)
    return "".join(parts)


def lock(kind: PythonKind, *, upgrade: bool, check: bool) -> bool:
    """Write or check both templates of one kind; return whether one was out of date."""
    files = {name: kind.skeleton / f"{name}.jinja" for name in LOCKS}
    current = {name: file.read_text() if file.exists() else "" for name, file in files.items()}
    seed = {name: render(text, kind.everything) for name, text in current.items() if not upgrade}
    compiled: dict[Combination, dict[str, str]] = {}
    # The largest first: the others keep its versions.
    for stores in reversed(kind.combinations):
        with tempfile.TemporaryDirectory() as folder:
            compiled[stores] = compile_locks(kind, Path(folder), stores, seed)
        if stores == kind.everything:
            seed = compiled[stores]

    outdated = False
    for name, file in files.items():
        locks = {stores: compiled[stores][name] for stores in kind.combinations}
        text = template(kind, locks)
        for stores, lock in locks.items():
            if render(text, stores) != lock:
                raise AssertionError(f"{kind.name}: {name} with {sorted(stores)} is not what uv writes")
        if text != current[name]:
            outdated = True
            print(f"{kind.name}: {name}: {'out of date' if check else 'written'}")
            if not check:
                file.write_text(text)
    return outdated


def main() -> int:
    """Write or check the templates of every kind; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--upgrade", action="store_true", help="take the newest versions")
    mode.add_argument("--check", action="store_true", help="change nothing, exit 1 if out of date")
    arguments = parser.parse_args()
    if shutil.which("uv") is None:
        print("uv is not on the PATH: pip install uv", file=sys.stderr)
        return 2

    outdated = [lock(kind, upgrade=arguments.upgrade, check=arguments.check) for kind in kinds()]
    return 1 if arguments.check and any(outdated) else 0


if __name__ == "__main__":
    sys.exit(main())
