"""Whether `.env` is sound."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from ops import dotenv
from ops.report import Finding, Level, error, ok, warning
from ops.stack import ROOT, load
from ops.text import near

_REFERENCE = re.compile(r"\$\{?([A-Z_][A-Z0-9_]*)")
# Settings of the tools themselves.
_TOOLS = ("COMPOSE_", "DOCKER_", "BUILDX_", "BUILDKIT_")
# What is said of COMPOSE_FILE, and what to do.
_FILES = (
    "`make up` leaves it out, while `make down` and `docker compose` obey it",
    "take it out; what is to be merged over compose.yaml belongs in compose.override.yaml",
)


def check() -> list[Finding]:
    """Return what is wrong with `.env`: its syntax, names that nothing reads, ports that are none."""
    return [*_file(), *([warning("COMPOSE_FILE", *_FILES)] if os.environ.get("COMPOSE_FILE") else [])]


def _file() -> list[Finding]:
    file = ROOT / ".env"
    if not file.is_file():
        return [ok(".env", "not there; every variable has a default")]
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return [error(".env", f"it cannot be read: {problem}", "save it as UTF-8 text that you own")]
    entries, mistakes = dotenv.read(text)
    found = [*_mistakes(mistakes), *_repeated(entries), *_unread(entries), *_no_ports(entries), *_files(entries)]
    if not found:
        return [ok(".env", f"sound, sets {', '.join(entry.name for entry in entries) or 'nothing'}")]
    return [Finding(f".env line {line}", level, what, remedy) for line, level, what, remedy in sorted(found)]


# A line of the file, and what a finding says about it.
_Found = Iterator[tuple[int, Level, str, str]]


def _mistakes(mistakes: Iterable[dotenv.Mistake]) -> _Found:
    for mistake in mistakes:
        yield mistake.line, "error" if mistake.fatal else "warning", mistake.what, mistake.remedy


def _repeated(entries: Iterable[dotenv.Entry]) -> _Found:
    first: dict[str, int] = {}
    for entry in entries:
        line = first.setdefault(entry.name, entry.line)
        if line != entry.line:
            yield entry.line, "warning", f"{entry.name} is set on line {line} too; the last one counts", "keep one"


def _unread(entries: Iterable[dotenv.Entry]) -> _Found:
    known = set(dotenv.documented(ROOT / ".env.example"))
    read = known | set(_referenced())
    for entry in entries:
        if entry.name not in read and not entry.name.startswith(_TOOLS):
            what = f"nothing reads {entry.name}{near(entry.name, known)}"
            yield entry.line, "warning", what, ".env.example lists what is read"


def _referenced() -> Iterator[str]:
    """Yield the variables that any Compose file here reads, the user's own included."""
    for file in ROOT.glob("compose*.y*ml"):
        yield from _REFERENCE.findall(file.read_text(encoding="utf-8", errors="replace"))


def _files(entries: Iterable[dotenv.Entry]) -> _Found:
    for entry in entries:
        if entry.name == "COMPOSE_FILE" and entry.value:
            yield entry.line, "warning", f"COMPOSE_FILE is set: {_FILES[0]}", _FILES[1]


def _no_ports(entries: Iterable[dotenv.Entry]) -> _Found:
    stack = load()
    defaults = {service.host_port_variable: service.port for service in stack.services.values()}
    for store in stack.stores.values():
        defaults[store.host_port_variable] = store.host_port
        defaults.update({endpoint["host_port_variable"]: endpoint["port"] for endpoint in store.endpoints})
    for entry in entries:
        if entry.name.endswith(("_HOST_PORT", "_DEBUG_PORT")):
            value = entry.value
            # Compose takes the default for an empty one.
            if value and not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
                remedy = f"give a number from 1 to 65535, such as {defaults.get(entry.name, 18000)}"
                yield entry.line, "error", f"{entry.name} is '{value}', which is no port", remedy
