"""Stop and remove the containers of an environment; its data stays."""

from __future__ import annotations

import argparse

from ops import compose, process

SUMMARY = "stop and remove the containers; data stays"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--environment", default="development", help="what to stop")


def run(options: argparse.Namespace) -> int:
    """Stop it; 1 when Compose could not."""
    project = compose.project(options.environment)
    return int(bool(process.show(project.command("down", "--remove-orphans"), project.any_version)))
