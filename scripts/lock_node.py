"""Lock the npm packages of the kinds that run or build with Node.js.

Like lock_python: this locks every combination of what a service can need, and writes one template for
each kind's package-lock.json, in which packages that only some combinations need stand between the
conditions for them. A template renders, for each combination, to the very bytes that npm writes there.

    python scripts/lock_node.py            add and drop packages, keep the others' versions
    python scripts/lock_node.py --upgrade  take the newest versions of what package.json does not pin
    python scripts/lock_node.py --check    change nothing; exit 1 where a template is out of date
"""

import argparse
import functools
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "extensions")]

from model import load  # noqa: E402 - found on the path that this file extends

# Kind -> the stores that change its packages, and whether an outside API does.
KINDS: dict[str, tuple[tuple[str, ...], bool]] = {
    kind.variable_name.removesuffix("_services"): (kind.stores, "external_api" in kind.accepts)
    for kind in load.catalog(ROOT / "extensions").kinds.values()
    if kind.language == "node"
}
STORES = tuple(dict.fromkeys(store for stores, _ in KINDS.values() for store in stores))
NAME = "lock-of-a-service"
JINJA = Environment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - text files, not HTML
)

# The needs of a service: names of stores, and `external_api`.
Needs = frozenset[str]


def skeleton(kind: str) -> Path:
    """Return the folder of a kind's files."""
    return next((ROOT / "template").glob(f"*{kind}_services*"))


def combinations(kind: str) -> tuple[Needs, ...]:
    """Return every set of needs that a service of the kind can have, the largest first."""
    stores, external = KINDS[kind]
    options = [*stores, *(["external_api"] if external else [])]
    return tuple(
        frozenset(chosen) for size in range(len(options), -1, -1) for chosen in itertools.combinations(options, size)
    )


def service(needs: Iterable[str]) -> SimpleNamespace:
    """Return what templates see of a service with these needs."""
    stores = tuple(sorted(set(needs) - {"external_api"}))
    return SimpleNamespace(
        name=NAME, stores=stores, external_api="https://api.example.com" if "external_api" in needs else None
    )


def render(template: str, needs: Needs) -> str:
    """Return the template's text as a service with these needs gets it."""
    return JINJA.from_string(template).render(service=service(needs))


def lock(folder: Path, manifest: str, seed: str) -> str:
    """Return the lock of a package.json; versions in `seed` are kept where they fit."""
    (folder / "package.json").write_text(manifest)
    (folder / ".npmrc").write_text("omit-lockfile-registry-resolved=true\n")
    if seed:
        (folder / "package-lock.json").write_text(seed)
    command = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=folder, check=True)
    return (folder / "package-lock.json").read_text()


@functools.cache
def conditions(every: tuple[Needs, ...]) -> dict[frozenset[Needs], str]:
    """Return the Jinja condition that holds for exactly some needs, the simplest for each."""
    single = ["service.external_api"] + [f"'{store}' in service.stores" for store in STORES]
    either = [" or ".join(chosen) for size in (1, 2, 3, 4) for chosen in itertools.combinations(single, size)]
    candidates = either + [f"not ({one})" for one in either]
    candidates += [f"({one}) and not ({other})" for one in either for other in single]
    found: dict[frozenset[Needs], str] = {frozenset(every): ""}
    for candidate in candidates:
        holds = JINJA.compile_expression(candidate)
        found.setdefault(frozenset(needs for needs in every if holds(service=service(needs))), candidate)
    return found


def condition(where: set[Needs], every: tuple[Needs, ...]) -> str:
    """Return the Jinja condition that holds for exactly these needs, "" if for all."""
    try:
        return conditions(every)[frozenset(where)]
    except KeyError:
        raise ValueError(f"no condition holds for exactly these needs: {sorted(map(sorted, where))}") from None


def conditional(entries: dict[str, set[Needs]], every: tuple[Needs, ...]) -> str:
    """Return texts of a JSON object's entries in order, each where it is needed. The last is always."""
    names = list(entries)
    if condition(entries[names[-1]], every):
        raise SystemExit(f"{names[-1]} comes last, and only sometimes: the commas would not fit")
    parts = []
    for needed, group in itertools.groupby(names, key=lambda name: condition(entries[name], every)):
        text = "".join(f"{name},\n" if name != names[-1] else f"{name}\n" for name in group)
        parts.append(f"{{% if {needed} %}}\n{text}{{% endif %}}\n" if needed else text)
    return "".join(parts)


def indented(key: str, value: object, depth: int) -> str:
    """Return an entry of a JSON object as npm writes it."""
    text = f"{json.dumps(key)}: {json.dumps(value, indent=2, ensure_ascii=False)}"
    return "\n".join("  " * depth + line for line in text.split("\n"))


def template(locks: dict[Needs, str], every: tuple[Needs, ...]) -> str:
    """Return one template that renders to each combination's lock."""
    packages: dict[str, dict[str, set[Needs]]] = {}
    roots: dict[str, dict[str, set[Needs]]] = {"dependencies": {}, "devDependencies": {}}
    engines: object = None
    for needs, text in locks.items():
        for path, entry in json.loads(text)["packages"].items():
            if path == "":
                engines = entry["engines"]
                for group, found in roots.items():
                    for name, version in entry[group].items():
                        found.setdefault(indented(name, version, 4), set()).add(needs)
            else:
                packages.setdefault(path, {}).setdefault(indented(path, entry, 2), set()).add(needs)
    ordered = {text: needs for path in sorted(packages, key=order) for text, needs in packages[path].items()}
    root = "".join(
        f'      "{group}": {{\n{conditional(dict(sorted(found.items())), every)}      }},\n'
        for group, found in roots.items()
    )
    return (
        '{\n  "name": "{{ service.name }}",\n  "lockfileVersion": 3,\n  "requires": true,\n  "packages": {\n'
        f'    "": {{\n      "name": "{{{{ service.name }}}}",\n{root}{indented("engines", engines, 3)}\n    }},\n'
        f"{conditional(ordered, every)}  }}\n}}\n"
    )


def order(path: str) -> str:
    """Return what npm sorts packages by: as a person would, not by code points."""
    return path.lower()


def main() -> int:
    """Write or check the templates; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--upgrade", action="store_true", help="take the newest versions")
    mode.add_argument("--check", action="store_true", help="change nothing, exit 1 if out of date")
    parser.add_argument("kinds", nargs="*", default=list(KINDS), help="only these")
    arguments = parser.parse_args()
    if shutil.which("npm") is None:
        print("npm is not on the PATH: install Node.js", file=sys.stderr)
        return 2

    outdated = False
    for kind in arguments.kinds:
        every = combinations(kind)
        manifest = (skeleton(kind) / "package.json.jinja").read_text()
        file = skeleton(kind) / "package-lock.json.jinja"
        current = file.read_text() if file.exists() else ""
        seed = render(current, every[0]) if current and not arguments.upgrade else ""
        locks: dict[Needs, str] = {}
        by_manifest: dict[str, str] = {}
        for needs in every:
            wanted = render(manifest, needs)
            if wanted not in by_manifest:
                with tempfile.TemporaryDirectory() as folder:
                    by_manifest[wanted] = lock(Path(folder), wanted, seed)
                # The largest comes first: the others keep its versions.
                seed = seed or by_manifest[wanted]
            locks[needs] = by_manifest[wanted]
        text = template(locks, every)
        for needs, written in locks.items():
            if render(text, needs) != written:
                raise AssertionError(f"{kind} with {sorted(needs)} is not what npm writes")
        if text != current:
            outdated = True
            print(f"{kind}: {'out of date' if arguments.check else 'written'}")
            if not arguments.check:
                file.write_text(text)
    return 1 if arguments.check and outdated else 0


if __name__ == "__main__":
    sys.exit(main())
