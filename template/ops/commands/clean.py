"""Stop everything and delete what can be made again: containers, volumes with their data, folders of tools."""

from __future__ import annotations

import argparse
import shutil
import sys

from ops import compose, process
from ops.stack import ROOT

SUMMARY = "stop everything and delete its data"
FOLDERS = (".venv", "build")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(options: argparse.Namespace) -> int:
    """Ask on a terminal, then delete; without a terminal and without --yes, nothing."""
    if not options.yes:
        if not sys.stdin.isatty():
            print("This deletes development's data; say so: python3 -m ops clean --yes", file=sys.stderr)
            return 1
        if input("Delete the data of development, in all its volumes? [y/N] ").strip().lower() not in ("y", "yes"):
            return 1
    code = 0
    for name in (known for known in ("development", "test") if known in compose.environments()):
        project = compose.project(name)
        code |= process.show(project.command("--profile", "*", "down", "--volumes", "--remove-orphans"))
    for folder in FOLDERS:
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    return int(bool(code))
