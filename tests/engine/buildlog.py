"""What a build did, read from its log in plain progress."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STEP = re.compile(r"#(\d+) \[(?:(?P<target>\S+) )?(?P<stage>[\w-]+) +(?P<number>\d+)/\d+\] (?P<command>.*)")
_END = re.compile(r"#(\d+) (CACHED|DONE|ERROR|CANCELED)\b")


@dataclass(frozen=True)
class Step:
    """One command of a Dockerfile, and whether its result was there already."""

    target: str
    stage: str
    command: str
    cached: bool


def steps(log: str) -> list[Step]:
    """Return the commands of a build in the order of its log; a first `FROM` counts as one."""
    started: dict[str, re.Match[str]] = {}
    ended: dict[str, str] = {}
    for line in log.splitlines():
        if step := _STEP.match(line):
            started.setdefault(step[1], step)
        elif end := _END.match(line):
            ended.setdefault(end[1], end[2])
    return [
        Step(step["target"] or "", step["stage"], step["command"], ended.get(number) == "CACHED")
        for number, step in started.items()
    ]


def executed(log: str) -> list[Step]:
    """Return the commands that ran; bringing a base image up is none."""
    return [step for step in steps(log) if not step.cached and not step.command.startswith("FROM ")]
