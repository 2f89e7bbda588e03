"""The command line. A command is a module in `ops/commands`, which says what it is for, what it takes, and runs."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import NoReturn

from ops import commands
from ops.errors import OpsError
from ops.text import unknown


class Parser(argparse.ArgumentParser):
    """Refuses an unknown command or option in one sentence, with the nearest one that exists."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(2, f"{self.prog}: {message}; `{self.prog} --help` says what there is\n")


def names() -> list[str]:
    """Return the names of the commands that this repository has."""
    return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 a problem was found, 2 wrong arguments."""
    known = names()
    given = next((word for word in arguments if not word.startswith("-")), None)
    if given is not None and given not in known:
        print(unknown("command", given, known), file=sys.stderr)
        return 2
    parser = Parser(prog="python3 -m ops", description="What no other tool does for this repository.")
    subparsers = parser.add_subparsers(dest="command", metavar="command", required=True, title="commands")
    for name in known if given is None else [given]:
        module = importlib.import_module(f"ops.commands.{name}")
        subparser = subparsers.add_parser(name, help=module.SUMMARY, description=module.__doc__)
        subparser.set_defaults(run=module.run)
        module.add_arguments(subparser)
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except OpsError as error:
        print(error, file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        sys.stderr.close()
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
