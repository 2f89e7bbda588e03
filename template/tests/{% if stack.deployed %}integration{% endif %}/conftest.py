"""The stack of compose.test.yaml, which `make test-integration` has started."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

from ops.compose import project
from tests.support.repository import ROOT
from tests.support.web import addresses


@pytest.fixture
def urls() -> dict[str, str]:
    """The URL of each service, which is another one after each restart."""
    found = addresses("test")
    assert found, "nothing runs; start the tests with make test-integration"
    return found


@pytest.fixture(scope="session")
def compose() -> Callable[..., str]:
    """A function that runs a `docker compose` command on this stack and returns what it printed."""

    def run(*arguments: str) -> str:
        command = project("test").command(*arguments)
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    return run
