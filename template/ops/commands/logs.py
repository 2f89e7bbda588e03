"""Follow the logs of an environment's containers on this machine."""

from __future__ import annotations

import argparse

from ops import compose, process

SUMMARY = "follow the logs"
LINES = "100"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("services", nargs="*", help="only of these")
    parser.add_argument("--environment", default="development", help="what to look at")


def run(options: argparse.Namespace) -> int:
    """Follow them until Ctrl-C; 1 when Compose cannot."""
    project = compose.project(options.environment)
    command = project.command("logs", "--follow", "--tail", LINES, *options.services)
    return int(bool(process.show(command, project.any_version)))
