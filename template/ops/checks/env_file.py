"""Whether `.env` is sound."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from ops import dotenv
from ops.report import Finding, error, ok, warning
from ops.stack import ROOT, load

_REFERENCE = re.compile(r"\$\{?([A-Z_][A-Z0-9_]*)")
# Settings of the tools themselves.
_TOOLS = ("COMPOSE_", "DOCKER_", "BUILDX_", "BUILDKIT_")


def check() -> list[Finding]:
    """Return what is wrong with `.env`: its syntax, names that nothing reads, ports that are none."""
    file = ROOT / ".env"
    if not file.is_file():
        return [ok(".env", "not there; every variable has a default")]
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return [error(".env", f"it cannot be read: {problem}", "save it as UTF-8 text that you own")]
    entries, mistakes = dotenv.read(text)
    findings = [
        (error if mistake.fatal else warning)(f".env line {mistake.line}", mistake.what, mistake.remedy)
        for mistake in mistakes
    ]
    known = set(dotenv.documented(ROOT / ".env.example"))
    read = known | set(_referenced())
    seen: dict[str, int] = {}
    for entry in entries:
        where = f".env line {entry.line}"
        if entry.name in seen:
            findings.append(warning(where, f"{entry.name} is also set on line {seen[entry.name]}; the last one counts", "keep one"))
        seen[entry.name] = entry.line
        if entry.name not in read and not entry.name.startswith(_TOOLS):
            findings.append(_unknown(where, entry.name, known))
        if entry.name.endswith(("_HOST_PORT", "_DEBUG_PORT")) and not _is_port(entry.value):
            remedy = f"give a number from 1 to 65535, such as {_default(entry.name)}"
            findings.append(error(where, f"{entry.name} is '{entry.value}', which is no port", remedy))
    return findings or [ok(".env", f"sound, sets {', '.join(sorted(seen)) or 'nothing'}")]


def _referenced() -> Iterable[str]:
    """Yield the variables that any Compose file here reads, the user's own included."""
    for file in ROOT.glob("compose*.y*ml"):
        yield from _REFERENCE.findall(file.read_text(encoding="utf-8", errors="replace"))


def _unknown(where: str, name: str, known: Iterable[str]) -> Finding:
    match = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    remedy = f"did you mean {match[0]}? .env.example lists all of them" if match else ".env.example lists those that are; remove this one"
    return warning(where, f"{name} is read by nothing", remedy)


def _is_port(value: str) -> bool:
    return value.isascii() and value.isdigit() and 1 <= int(value) <= 65535


def _default(variable: str) -> int:
    stack = load()
    ports = {service.host_port_variable: service.port for service in stack.services.values()}
    ports.update({store.host_port_variable: store.port for store in stack.stores.values()})
    return ports.get(variable, 18000)
