"""A debugger attaches to every kind while it serves, and lets it go on."""

from __future__ import annotations

from functools import partial

import pytest

from engine.debuggers import attach
from engine.mixed.stack import NAMES
from engine.project import Environment, Project
from engine.web import ask
from support.catalog import catalog
from support.waiting import until

# Others are debugged in the browser that shows them.
DEBUGGED = {
    name: kind.debug_protocol
    for name, kind in zip(NAMES, catalog().kinds.values(), strict=True)
    if kind.debug_port is not None and kind.debug_protocol is not None
}


@pytest.mark.parametrize("name", DEBUGGED)
def test_a_debugger_attaches_to_what_runs(running: Environment, mixed: Project, name: str) -> None:
    live = partial(ask, running.url(name, mixed.services[name]["health"]["live"]))
    until("it serves", live)
    before = running.container(name)["State"]["StartedAt"]
    attach(DEBUGGED[name], running, name, running.ports[f"{name} debugger"])
    until("it still serves", live)
    assert running.container(name)["State"]["StartedAt"] == before
