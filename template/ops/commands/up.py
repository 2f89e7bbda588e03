"""Build and start a project, wait until it is healthy and print where it answers; if it fails, say why."""

from __future__ import annotations

import argparse
import sys

from ops import builds, checks, compose, dotenv, process, report, stack, tag
from ops.commands import explain, urls
from ops.starting import start

SUMMARY = "build and start everything, wait until it is healthy, print where it answers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("services", nargs="*", help="only these, and what they need")
    parser.add_argument("--environment", default="development", help="what to start")


def run(options: argparse.Namespace) -> int:
    """Start it; 1 when it did not become healthy."""
    stack.load().require(options.services)
    project = compose.project(options.environment)
    # Without any, Compose says what is missing.
    if project.deployed and (version := dotenv.value("TAG", stack.ROOT / ".env")):
        tag.checked(version)
    problems = [finding for finding in checks.before_start(project, options.services) if finding.level == "error"]
    if problems:
        report.show(problems, sys.stderr)
        return 1
    if not project.deployed and process.show(project.command("build", *options.services)):
        report.show(builds.failed(), sys.stderr)
        return 1
    arguments = ("--remove-orphans",) if project.deployed else ()
    if not start(project, options.services, arguments):
        explain.tell(project, options.services)
        return 1
    return urls.run(argparse.Namespace(environment=options.environment, services=options.services, json=False))
