"""Builds that failed: which stage, which command, and the last that it said."""

from __future__ import annotations

import datetime
import json
import re
import time
from pathlib import Path
from typing import Any

from ops import dotenv
from ops.checks import engine
from ops.process import run
from ops.report import Finding, error
from ops.stack import ROOT, load

# How far back a build is still of interest, in seconds.
RECENT = 900
LOG_LINES = 8
REMEDY = "put that command right; if it could not download, run it again: what was done is cached"
# `[stage 2/3] COMMAND`, as BuildKit names a step of a Dockerfile.
_STEP = re.compile(r"\[(?:\S+ )?(?P<stage>[\w.-]+) +\d+/\d+\] (?P<command>.*)", re.DOTALL)
# The page of a package in an index of Python's or npm's kind, which names no version.
_PAGE = re.compile(r"https?://[^\s/]+(?:/\S*?simple)?/(?P<package>@[\w.-]+(?:/|%2[fF])[\w.-]+|[\w.-]+)/?(?=[\s)]|$)")


def failed() -> list[Finding]:
    """Return why the build that has just ended failed; its own words alone are left where BuildKit kept nothing."""
    if unable := [finding for finding in engine.check() if finding.level == "error"]:
        return unable
    return lately_failed()[:1] or [error("build", "it failed in the stage and command named above", REMEDY)]


def lately_failed() -> list[Finding]:
    """Return the builds of this repository's services that failed lately and have not succeeded since, newest first."""
    listed = run(["docker", "buildx", "history", "ls", "--format", "{{json .}}"], seconds=20)
    records = [json.loads(line) for line in listed.out.splitlines()] if not listed.code else []
    found: list[Finding] = []
    seen: set[str] = set()
    for record in sorted(records, key=lambda record: str(record["created_at"]), reverse=True):
        # `backend (production)`: whatever stage it was for, the newest build of a service tells.
        name = record["name"].partition(" (")[0]
        if _age(record) > RECENT or name in seen:
            continue
        finding = _finding(record) if record["status"] == "Error" else None
        if finding or record["status"] == "Completed":
            seen.add(name)
        if finding:
            found.append(finding)
    return found


def _age(record: dict[str, Any]) -> float:
    # Python before 3.11 reads neither nanoseconds nor the Z.
    started = datetime.datetime.fromisoformat(record["created_at"][:19] + "+00:00")
    return time.time() - started.timestamp()


def _finding(record: dict[str, Any]) -> Finding | None:
    """Return what the record of a build says; None when it is no build of a service here, or was cancelled."""
    inspected = run(["docker", "buildx", "history", "inspect", record["ref"].rpartition("/")[2], "--format", "json"])
    if inspected.code:
        return None
    build = json.loads(inspected.out)
    problem = build.get("Error") or {}
    step = _STEP.match(problem.get("Name") or "")
    stack = load()
    projects = {label["Value"] for label in build.get("Labels") or () if label["Name"] == "com.docker.compose.project"}
    own = re.escape(dotenv.value("COMPOSE_PROJECT_NAME", ROOT / ".env") or stack.slug)
    ours = not projects or any(re.fullmatch(rf"{own}(-\w+)?", name) for name in projects)
    name = next((s.name for s in stack.services.values() if build.get("Context") in (s.path, str(ROOT / s.path))), None)
    if not (step and ours and name):
        return None
    said = [line for line in problem.get("Logs") or () if line.strip()][-LOG_LINES:]
    command = " ".join(re.sub(r"--\w+=\S+", "", step["command"]).split())
    what = f"stage {step['stage']} of {name} failed in: {command[:160]}{'…' if command[160:] else ''}"
    if missing := missing_package("\n".join(said), ROOT / stack.services[name].path):
        what = f"{missing} could not be fetched; {what}"
    return error("build", what, REMEDY, said)


def missing_package(said: str, folder: Path) -> str | None:
    """Return the package whose page an index did not give, with the version in the lock files of a service's folder."""
    files = [*sorted(folder.glob("requirements*.txt")), *folder.glob("package-lock.json")]
    locks = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    for page in _PAGE.finditer(said):
        package = re.sub("%2f", "/", page["package"], flags=re.IGNORECASE)
        name = re.escape(package)
        line = rf"^{name}(?:\[.*?\])?==(?P<python>\S+)"
        entry = rf'"node_modules/{name}": {{\s*"version": "(?P<npm>[^"]+)'
        for lock in locks:
            if locked := re.search(f"{line}|{entry}", lock, re.MULTILINE):
                return f"{package} {locked['python'] or locked['npm']}"
    return None
