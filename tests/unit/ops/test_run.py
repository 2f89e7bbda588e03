from __future__ import annotations

import argparse
from types import SimpleNamespace

import pytest
from ops.commands import run


@pytest.mark.parametrize(("task", "builds"), [("test", True), ("lint", True), ("lock", False)])
def test_a_package_can_be_locked_that_no_image_can_be_built_with_yet(
    monkeypatch: pytest.MonkeyPatch, task: str, builds: bool
) -> None:
    shown: list[list[str]] = []

    def show(command: list[str]) -> int:
        shown.append(command)
        return 0

    project = SimpleNamespace(command=lambda *words: list(words))
    monkeypatch.setattr("ops.stack.load", lambda: SimpleNamespace(services={"api": SimpleNamespace(name="api")}))
    monkeypatch.setattr("ops.compose.project", lambda _: project)
    monkeypatch.setattr("ops.process.show", show)
    monkeypatch.setattr(run, "_passes", lambda *_: True)
    assert run.run(argparse.Namespace(task=task, services=[])) == 0
    assert (["build", "api"] in shown) == builds
