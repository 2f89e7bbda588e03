"""What BuildKit would build anew: cache keys of instructions, computed from contents as it does.

An instruction's key holds that of the instruction before it, its own text, and the contents of all
that it reads: files of the build context by COPY or a bind mount, or what another stage left. So two
sets of keys differ exactly where a build would not be CACHED.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Iterable, Mapping

from support.dockerfile import Dockerfile, Instruction

Step = tuple[str, int]


def patterns(dockerignore: str) -> list[str]:
    """Return the patterns of a `.dockerignore`."""
    return [line.strip() for line in dockerignore.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def is_ignored(path: str, ignore: Iterable[str]) -> bool:
    """Return whether a file stays out of the build context: the last pattern that fits it or a folder above decides."""
    result = False
    for pattern in ignore:
        negated = pattern.startswith("!")
        expression = _expression(pattern.removeprefix("!").strip("/"))
        if any(expression.fullmatch(name) for name in _lineage(path)):
            result = not negated
    return result


def _lineage(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:number]) for number in range(1, len(parts) + 1)]


def _expression(pattern: str) -> re.Pattern[str]:
    wild = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(wild.get(part) or re.escape(part) for part in re.split(r"(\*\*/|\*\*|\*|\?)", pattern)))


def context(files: Mapping[str, bytes], dockerignore: str) -> dict[str, bytes]:
    """Return what of a service's folder is sent to the builder."""
    ignore = patterns(dockerignore)
    return {path: content for path, content in files.items() if not is_ignored(path, ignore)}


def read(instruction: Instruction, files: Iterable[str]) -> list[str]:
    """Return the files of the build context whose contents an instruction's result depends on."""
    wanted: list[str] = []
    if instruction.name in ("COPY", "ADD") and not instruction.flag("from"):
        wanted += instruction.sources
    wanted += [
        mount.get("source", ".") for mount in instruction.mounts if mount["type"] == "bind" and "from" not in mount
    ]
    left_out = [value for name, value in instruction.flags if name == "exclude"]
    return [
        path
        for path in files
        if any(_below(path, source) for source in wanted) and not any(_below(path, source) for source in left_out)
    ]


def _below(path: str, source: str) -> bool:
    source = source.removeprefix("./").rstrip("/")
    return source in ("", ".") or any(fnmatch.fnmatchcase(name, source) for name in _lineage(path))


def keys(dockerfile: Dockerfile, files: Mapping[str, bytes], arguments: Mapping[str, str]) -> dict[Step, str]:
    """Return the cache key of each instruction, by stage and number; `files` is the build context."""
    found: dict[Step, str] = {}
    ends: dict[str, str] = {}
    for stage in dockerfile.stages.values():
        before = ends.get(stage.base, stage.base)
        for number, instruction in enumerate(stage.instructions):
            parts = [instruction.text]
            # A linked layer does not stand on those before it.
            if instruction.flag("link") is None:
                parts.append(before)
            for source in (instruction.flag("from"), *(mount.get("from") for mount in instruction.mounts)):
                parts += [ends.get(source, source)] if source else []
            for path in sorted(read(instruction, files)):
                parts += [path, hashlib.sha256(files[path]).hexdigest()]
            if instruction.name == "ARG":
                parts += [arguments.get(name, "") for name in instruction.pairs]
            found[stage.name, number] = before = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        ends[stage.name] = before
    return found


def changed(before: Mapping[Step, str], after: Mapping[Step, str]) -> set[Step]:
    """Return the instructions that would run again."""
    return {step for step, key in after.items() if before[step] != key}
