"""What tests know of each language: one entry in `LANGUAGES`, which a kind in a language that no kind has had yet adds.

`extensions/languages/<language>.yml` says what the template itself needs to know of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
_GO_SUM = re.compile(r"^\S+ v(?P<version>\S+) h1:", re.MULTILINE)


@dataclass(frozen=True)
class Language:
    """How a language's packages are locked and fetched, what reloads its source, and what it leaves behind."""

    # Words of the development command, or of a script that it runs, of which one reloads the source.
    reloads: tuple[str, ...]
    # Lock file -> a package with its version.
    locks: Mapping[str, re.Pattern[str]]
    # Commands that fetch packages into a layer, and words of theirs without which they may fetch what no lock file names.
    installs: str
    locked: tuple[str, ...]
    # Commands that ask a registry, which may be a private one.
    downloads: str
    # Command -> where it keeps its cache, or the option by which it keeps none.
    caches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Variables that name folders of caches.
    cache_variables: tuple[str, ...] = ()
    # A command that reads a lock file which it does not name -> that lock file.
    implied: Mapping[str, str] = field(default_factory=dict)
    # Production copies a program, not its source: the compiler sets its modes.
    compiled: bool = False
    # Production copies the folder of installed packages.
    environment: bool = False
    # What running it leaves beside its source.
    made: tuple[str, ...] = ()
    # What production's environment must say.
    variables: Mapping[str, str] = field(default_factory=dict)
    # Packages that open a library of the system which they do not bring -> the Debian package that has it.
    libraries: Mapping[str, str] = field(default_factory=dict)


LANGUAGES: Final = {
    "go": Language(
        reloads=("air",),
        locks={"go.sum": _GO_SUM, "tools/go.sum": _GO_SUM},
        installs=r"\bgo +(-\S+ +)*(install|mod)\b",
        # Go itself refuses what go.sum does not name.
        locked=("go mod download", "go install -C"),
        downloads=r"\b(go mod download|go install -C)\b",
        cache_variables=("GOCACHE", "GOMODCACHE"),
        implied={"go mod download": "go.sum", "go install -C tools": "tools/go.sum"},
        compiled=True,
    ),
    "node": Language(
        reloads=("vite", "--watch"),
        locks={"package-lock.json": re.compile(r'"node_modules/[^"]+": \{\s+"version": "(?P<version>[^"]+)"')},
        installs=r"\b(npm|pnpm|yarn) +(-\S+ +)*(install|add|ci)\b",
        locked=("npm ci",),
        downloads=r"\bnpm ci\b",
        caches={r"\bnpm ci\b": ("/root/.npm",)},
        implied={"npm ci": "package-lock.json"},
    ),
    "python": Language(
        reloads=("--reload",),
        locks={f"requirements{end}.txt": _PINNED for end in ("", "-dev", "-training")},
        installs=r"\b(pip|uv) +(-\S+ +)*(install|add|sync|pip)\b",
        locked=("--require-hashes", "--frozen"),
        downloads=r"\b(uv pip|pip install)\b",
        caches={
            r"\buv (pip|sync)\b": ("/root/.cache/uv",),
            r"(?<!uv )\bpip install\b": ("/root/.cache/pip", "--no-cache-dir"),
        },
        environment=True,
        made=("__pycache__/a.pyc",),
        # It would write caches as it runs.
        variables={"PYTHONDONTWRITEBYTECODE": "1"},
        libraries={
            "cairosvg": "libcairo2", "mysqlclient": "libmariadb3", "opencv-python": "libgl1", "psycopg": "libpq5",
            "psycopg2": "libpq5", "pyodbc": "unixodbc", "python-ldap": "libldap2", "python-magic": "libmagic1",
            "weasyprint": "libpango-1.0-0",
        },
    ),
    "rust": Language(
        reloads=("inotifywait",),
        locks={"Cargo.lock": re.compile(r'^name = "[^"]+"\nversion = "(?P<version>[^"]+)"\nsource = ', re.MULTILINE)},
        installs=r"\bcargo +(-\S+ +)*(install|add|fetch)\b",
        locked=("--locked",),
        downloads=r"\bcargo (build|install|fetch|test)\b",
        caches={r"\bcargo (build|fetch|install|test)\b": ("/var/cache/cargo",)},
        cache_variables=("CARGO_HOME",),
        implied={"--locked": "Cargo.lock"},
        compiled=True,
    ),
}  # fmt: skip
# What a base image brings, by the start of its name: its programs.
PROGRAMS: Final[dict[str, frozenset[str]]] = {
    "python:": frozenset({"python", "sh"}),
    "node:": frozenset({"node", "npm", "sh"}),
    "nginxinc/nginx-unprivileged:": frozenset({"nginx", "sh", "wget"}),
    "gcr.io/distroless/static-": frozenset(),
    "gcr.io/distroless/cc-": frozenset(),
    "scratch": frozenset(),
}

# A service may use tools of another language: these are all that there are.
LOCKS: Final = {file: package for each in LANGUAGES.values() for file, package in each.locks.items()}
IMPLIED: Final = {words: lock for each in LANGUAGES.values() for words, lock in each.implied.items()}
LOCKED: Final = tuple(words for each in LANGUAGES.values() for words in each.locked)
CACHES: Final = {command: places for each in LANGUAGES.values() for command, places in each.caches.items()}
CACHE_VARIABLES: Final = tuple(name for each in LANGUAGES.values() for name in each.cache_variables)
INSTALLS: Final = re.compile(
    "|".join([r"\b(apt-get|apk|dnf) +(-\S+ +)*(install|add)\b", *(each.installs for each in LANGUAGES.values())])
)
DOWNLOADS: Final = re.compile("|".join(each.downloads for each in LANGUAGES.values()))


def language(name: str) -> Language:
    """Return what tests know of a language; AssertionError with what to do where that is nothing."""
    assert name in LANGUAGES, (
        f"the tests know nothing of {name}: describe it in LANGUAGES of tests/support/languages.py"
    )
    return LANGUAGES[name]


def programs(image: str) -> frozenset[str]:
    """Return the programs that a base image brings; AssertionError with what to do where it is unknown."""
    found = [names for start, names in PROGRAMS.items() if image.startswith(start)]
    assert found, f"which programs {image} brings is unknown: say so in PROGRAMS of tests/support/languages.py"
    return found[0]
