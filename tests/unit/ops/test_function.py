from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from ops.commands import build

from support.render import ROOT
from support.tools import need

BAKE = """#!/bin/sh
printf '%s\\n' "$@" "REGISTRY=$REGISTRY" >asked
for argument; do
    case $argument in *dest=*) mkdir -p "${argument##*dest=}" && echo program >"${argument##*dest=}/bootstrap" ;; esac
done
"""


def test_delivery_builds_with_the_users_own_file_and_settings(
    command: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    function = command("function")
    for module in (function, build):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.delenv("REGISTRY", raising=False)
    (tmp_path / "docker").write_text(BAKE)
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    for name in ("docker-bake.hcl", "docker-bake.override.hcl"):
        (tmp_path / name).touch()
    (tmp_path / ".env").write_text("REGISTRY=registry.example/x\n")
    assert function.bake(SimpleNamespace(name="greeter"), "arm64", tmp_path / "bootstrap") is None
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[:7] == ["buildx", "bake", "--file", "docker-bake.hcl", "--file", "docker-bake.override.hcl", "greeter"]
    assert "--set=greeter.platform=linux/arm64" in asked
    assert asked[-1] == "REGISTRY=registry.example/x"
    assert (tmp_path / "bootstrap").read_text() == "program\n"


def test_make_hands_an_event_over_as_it_is(tmp_path: Path) -> None:
    (tasks,) = (ROOT / "template" / "ops" / "tasks").glob("*functions.mk*")
    (tmp_path / "Makefile").write_text(f"OPS = {sys.executable} say.py\n{tasks.read_text()}")
    (tmp_path / "say.py").write_text("import sys\nprint(sys.argv[-1])\n")
    for event in ('{"name": "Ada"}', """{"name": "Flann O'Brien", "note": "`x` $(y)"}"""):
        # Below another make, it would say where it is.
        make = [
            need("make", "install GNU make"),
            "--no-print-directory",
            "function-invoke",
            f"event={event.replace('$', '$$')}",
        ]
        done = subprocess.run(make, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.stdout == f"{event}\n", done.stderr
