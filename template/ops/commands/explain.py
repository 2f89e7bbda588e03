"""Say why something did not start: what is wrong here, which container failed, and its last words."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ops import builds, checks, compose, report
from ops.diagnosis import diagnose

SUMMARY = "say why something did not start, or runs but is not well"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--environment", default="development", help="what did not start")
    parser.add_argument("--json", action="store_true", help="print the findings for machines")


def run(options: argparse.Namespace) -> int:
    """Print what is wrong; 1 when anything is."""
    project = compose.project(options.environment)
    findings = causes(project)
    if options.json:
        print(report.as_json(findings))
    elif findings:
        report.show(findings)
    else:
        print("Nothing is wrong: what runs is healthy.")
    return int(bool(findings))


def causes(project: compose.Project, services: Sequence[str] = ()) -> list[report.Finding]:
    """Return what is wrong with machine, files, builds and containers; of the ports, only with those of `services`."""
    # What runs was given its version when it was started.
    found = checks.before_start(project, services, project.any_version)
    findings = [finding for finding in found if finding.level == "error"]
    if any(finding.subject in ("docker", "engine") for finding in findings):
        return findings
    return findings + builds.lately_failed() + diagnose(project)


def tell(project: compose.Project, services: Sequence[str] = ()) -> None:
    """Print what is wrong to standard error, or where to look where nothing was found."""
    findings = causes(project, services)
    print(file=sys.stderr)
    report.show(findings, sys.stderr)
    if not findings:
        print("Neither the machine nor a container says why; the lines above are all there is.", file=sys.stderr)
