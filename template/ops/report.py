"""Findings, and how they are shown: a line that says what, a line that says what to do."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterable
from typing import Literal, TextIO

Level = Literal["ok", "warning", "error"]
_MARKS = {"ok": "✓", "warning": "!", "error": "✗"}
_COLOURS = {"ok": "32", "warning": "33", "error": "31", "heading": "1", "faint": "2", "name": "36"}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One result of a check.

    `subject` is what was looked at, `what` one line about its state, `remedy` one line on what to do;
    `detail` holds lines of evidence, such as the end of a log.
    """

    subject: str
    level: Level
    what: str
    remedy: str = ""
    detail: tuple[str, ...] = ()


def ok(subject: str, what: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(subject, "ok", what)


def warning(subject: str, what: str, remedy: str = "") -> Finding:
    """Return a finding that does not keep anything from working."""
    return Finding(subject, "warning", what, remedy)


def error(subject: str, what: str, remedy: str, detail: Iterable[str] = ()) -> Finding:
    """Return a finding that has to be put right."""
    return Finding(subject, "error", what, remedy, tuple(detail))


def paint(text: str, style: str, stream: TextIO) -> str:
    """Return text in a colour where `stream` is a terminal and NO_COLOR is not set."""
    if os.environ.get("NO_COLOR") or not stream.isatty():
        return text
    return f"\033[{_COLOURS[style]}m{text}\033[0m"


def show(findings: Iterable[Finding], stream: TextIO = sys.stdout) -> None:
    """Print findings for people, in the order given."""
    for finding in findings:
        mark = paint(_MARKS[finding.level], finding.level, stream)
        print(f"{mark} {finding.subject}: {finding.what}", file=stream)
        for line in finding.detail:
            print(paint(f"    | {line}", "faint", stream), file=stream)
        if finding.remedy:
            print(f"    → {finding.remedy}", file=stream)


def as_json(findings: Iterable[Finding]) -> str:
    """Return findings for machines: a JSON list of objects."""
    return json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def failed(findings: Iterable[Finding]) -> bool:
    """Return whether anything has to be put right."""
    return any(finding.level == "error" for finding in findings)
