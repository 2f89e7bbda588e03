"""Show which containers of an environment run on this machine, and whether they are healthy."""

from __future__ import annotations

import argparse

from ops import compose, process

SUMMARY = "show what runs, and whether it is healthy"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("services", nargs="*", help="only these")
    parser.add_argument("--environment", default="development", help="what to look at")


def run(options: argparse.Namespace) -> int:
    """Show it; 1 when Compose cannot."""
    project = compose.project(options.environment)
    return int(bool(process.show(project.command("ps", "--all", *options.services), project.any_version)))
