"""Other programs, run to the end."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO, NamedTuple

from ops.errors import OpsError
from ops.stack import ROOT

NOT_FOUND = 127
TIMED_OUT = 124


class Result(NamedTuple):
    """What a program left: its exit code and what it printed."""

    code: int
    out: str
    err: str


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this environment with what the Makefile sets too.

    Development containers run with the user's own ids. An attestation holds the time, so with one
    an image that is built again from the same files would be another, and replace its container.
    """
    own = {"UID": str(os.getuid()), "GID": str(os.getgid()), "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    return {**own, **os.environ, **(extra or {})}


def run(
    command: Sequence[str], extra: Mapping[str, str] | None = None, seconds: float = 60, merged: bool = False
) -> Result:
    """Run a program in the repository's root; one that is missing or takes too long has a code of its own.

    `merged` puts what it prints to standard error into `out`, in the order in which it was printed.
    """
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment(extra), text=True, errors="replace", timeout=seconds, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT if merged else subprocess.PIPE,
        )  # fmt: skip
    except FileNotFoundError:
        return Result(NOT_FOUND, "", f"{command[0]} is not installed")
    except subprocess.TimeoutExpired:
        return Result(TIMED_OUT, "", f"{' '.join(command[:3])} gave no answer in {seconds:g} seconds")
    return Result(done.returncode, done.stdout, done.stderr or "")


def show(
    command: Sequence[str],
    extra: Mapping[str, str] | None = None,
    given: IO[bytes] | None = None,
    taken: IO[bytes] | None = None,
) -> int:
    """Run a program whose output goes straight to the terminal, and return its exit code; OpsError when it is missing.

    `given` is what it reads in place of the terminal, `taken` where its output goes.
    """
    try:
        return subprocess.run(
            command, cwd=ROOT, env=environment(extra), check=False, stdin=given, stdout=taken
        ).returncode
    except FileNotFoundError:
        raise missing(command[0]) from None


def missing(program: str) -> OpsError:
    """Return the error of a command that cannot do without a program."""
    return OpsError(f"{program} is not installed; `make doctor` says what this repository needs")
