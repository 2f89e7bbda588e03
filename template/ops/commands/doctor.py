"""Look at this machine and this repository, and say what is wrong and what to do."""

from __future__ import annotations

import argparse
import sys

from ops import checks, compose, report
from ops.checks import compose_files, disk, secret_files
from ops.text import quantity

SUMMARY = "say what is wrong with this machine or this repository, and what to do"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--environment", default="development", help="what is to be started there")
    parser.add_argument("--json", action="store_true", help="print the findings for machines")


def run(options: argparse.Namespace) -> int:
    """Check everything; 1 when something has to be put right."""
    project = compose.project(options.environment)
    findings = checks.before_start(project)
    readable = checks.can_read_files(findings)
    seen = set(project.files)
    for name in compose.environments():
        other = compose.project(name)
        # A version is asked for when it is deployed; here only the files are looked at.
        if not set(other.files) <= seen and readable:
            findings += compose_files.check(other, {"TAG": "0"})
            seen |= set(other.files)
    for place, folder in secret_files.folders().items():
        if not (place == "compose" and project.deployed):
            findings += secret_files.check(place, folder, required=False)
    findings += disk.check()
    if options.json:
        print(report.as_json(findings))
    else:
        report.show(findings)
        problems = sum(finding.level == "error" for finding in findings)
        if sys.stdout.isatty() or problems:
            print(f"\n{quantity(problems, 'problem')} to put right." if problems else "\nAll is well.")
    return int(report.failed(findings))
