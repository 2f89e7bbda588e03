from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ops import badge
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


@pytest.mark.parametrize(
    ("task", "left", "code"), [("coverage", "93\n", 0), ("coverage", "75\n", 1), ("test", None, 0)]
)
def test_coverage_leaves_a_badge_and_the_result_of_the_tests_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, task: str, left: str | None, code: int
) -> None:
    service: Any = SimpleNamespace(name="api", path="api", commands={"test": "measure"})
    report = tmp_path / "api" / "coverage"
    report.mkdir(parents=True)
    (report / "total").write_text("12\n")

    def show(_: list[str]) -> int:
        if left:
            assert not (report / "total").exists(), "what earlier tests left is still there"
            (report / "total").write_text(left)
        return code

    for module in (badge, run):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(run, "_folder", lambda *_: "api:/app")
    monkeypatch.setattr("ops.process.show", show)
    project: Any = SimpleNamespace(command=lambda *words: list(words))
    assert run._passes(task, service, project) == (code == 0)
    assert (report / "badge.svg").exists() == bool(left)
    if left:
        assert f"{left.strip()} %" in (report / "badge.svg").read_text()
