"""Open a shell in the container of a service, or the client of a store in its container."""

from __future__ import annotations

import argparse
import os

from ops import compose, process, stack
from ops.errors import OpsError
from ops.text import listing

SUMMARY = "open a shell in a service's container, or a store's client"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("name", nargs="?", help="a service or a store")


def run(options: argparse.Namespace) -> int:
    """Become the shell."""
    known = stack.load()
    names = [*known.services, *known.stores]
    if not options.name:
        raise OpsError(f"say where, such as service={names[0]}; there are {listing(names)}", 2)
    known.require([options.name])
    store = known.stores.get(options.name)
    command = compose.project("development").command(
        "exec", options.name, "sh", *(["-c", store.shell] if store else [])
    )
    os.chdir(stack.ROOT)
    try:
        os.execvpe(command[0], command, process.environment())  # noqa: S606 - the shell takes this process's place and terminal
    except FileNotFoundError:
        raise process.missing(command[0]) from None
