"""Dockerfiles, parsed: stages of instructions, with flags, here-documents and continued lines."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_HEREDOC = re.compile(r"""<<-?(["']?)([A-Za-z_]\w*)\1""")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S+))?\s*")
_FROM = re.compile(r"(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?", re.IGNORECASE)


@dataclass(frozen=True)
class Instruction:
    """One instruction: its flags in order, what follows them, and the bodies of its here-documents."""

    name: str
    flags: tuple[tuple[str, str], ...]
    arguments: str
    heredocs: tuple[str, ...]

    def flag(self, name: str) -> str | None:
        """Return the value of a flag (empty for one without), None where it is not given."""
        return next((value for known, value in self.flags if known == name), None)

    @property
    def mounts(self) -> tuple[dict[str, str], ...]:
        """The `--mount` flags of a RUN as mappings; `type` is `bind` where it is left out."""
        return tuple(
            {"type": "bind"} | {key: value for key, _, value in (part.partition("=") for part in mount.split(","))}
            for name, mount in self.flags
            if name == "mount"
        )

    @property
    def words(self) -> list[str]:
        """The arguments: those of a JSON array, else split as a shell does."""
        if self.arguments.startswith("["):
            words: list[str] = json.loads(self.arguments)
            return words
        return shlex.split(self.arguments)

    @property
    def sources(self) -> list[str]:
        """What a COPY or ADD copies; here-documents are no files."""
        return [word for word in self.words[:-1] if not word.startswith("<<")]

    @property
    def pairs(self) -> dict[str, str]:
        """The `key=value` pairs of an ENV, ARG or LABEL; a key without value has an empty one."""
        return {key: value for key, _, value in (word.partition("=") for word in self.words)}

    @property
    def text(self) -> str:
        """All that the builder sees of it."""
        flags = " ".join(f"--{name}={value}" for name, value in self.flags)
        return "\n".join([f"{self.name} {flags} {self.arguments}", *self.heredocs])


@dataclass(frozen=True)
class Stage:
    """A build stage: its name, the image or stage that it starts from, and what follows FROM."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def all(self, *names: str) -> list[Instruction]:
        """Return the instructions of these names, in order."""
        return [instruction for instruction in self.instructions if instruction.name in names]


class Dockerfile:
    """A parsed Dockerfile; the last stage is the one that is built by default."""

    def __init__(self, text: str) -> None:
        self.syntax = text.split("\n", 1)[0]
        stages: list[tuple[str, str, list[Instruction]]] = []
        for instruction in _instructions(text):
            if instruction.name == "FROM":
                match = _FROM.fullmatch(instruction.arguments)
                if not match:
                    raise ValueError(f"FROM {instruction.arguments}")
                stages.append((match["name"] or str(len(stages)), match["image"], []))
            else:
                # A global ARG stands before every stage; none of ours is needed, and one would be missed here.
                stages[-1][2].append(instruction)
        self.stages = {name: Stage(name, base, tuple(found)) for name, base, found in stages}

    @property
    def last(self) -> Stage:
        """The stage that a build without target gives."""
        return list(self.stages.values())[-1]

    def ancestry(self, name: str) -> list[Stage]:
        """Return a stage and those that it starts from, the first of them first."""
        stage = self.stages[name]
        return [*(self.ancestry(stage.base) if stage.base in self.stages else ()), stage]

    def image(self, name: str) -> str:
        """Return the image that a stage starts from, through other stages."""
        return self.ancestry(name)[0].base

    def setting(self, name: str, *instructions: str) -> Instruction | None:
        """Return the last of such instructions that holds in a stage, such as its USER."""
        found = [item for stage in self.ancestry(name) for item in stage.all(*instructions)]
        return found[-1] if found else None

    def env(self, name: str) -> dict[str, str]:
        """Return the environment that a stage leaves."""
        found: dict[str, str] = {}
        for stage in self.ancestry(name):
            for item in stage.all("ENV"):
                found |= item.pairs
        return found

    def needed(self, name: str) -> list[str]:
        """Return the stages that building this one builds, itself included."""
        waiting, found = [name], dict[str, None]()
        while waiting:
            current = waiting.pop()
            if current not in self.stages or current in found:
                continue
            found[current] = None
            stage = self.stages[current]
            waiting.append(stage.base)
            for instruction in stage.instructions:
                waiting += [
                    source
                    for source in (instruction.flag("from"), *(mount.get("from") for mount in instruction.mounts))
                    if source
                ]
        return [stage for stage in self.stages if stage in found]


def _instructions(text: str) -> Iterator[Instruction]:
    lines = iter(text.splitlines())
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        whole = line.strip()
        while whole.endswith("\\"):
            following = next(lines)
            if following.strip() and not following.lstrip().startswith("#"):
                whole = whole[:-1].rstrip() + " " + following.strip()
        name, _, rest = whole.partition(" ")
        flags: list[tuple[str, str]] = []
        rest = rest.strip()
        while match := _FLAG.match(rest):
            flags.append((match[1], match[2] or ""))
            rest = rest[match.end() :]
        bodies = []
        if name.upper() in ("RUN", "COPY", "ADD"):
            for heredoc in _HEREDOC.finditer(rest):
                body = []
                while (inner := next(lines)) != heredoc[2]:
                    body.append(inner)
                bodies.append("\n".join(body) + "\n")
        yield Instruction(name.upper(), tuple(flags), rest, tuple(bodies))
