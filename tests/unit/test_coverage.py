"""The command `test` of each kind leaves the total of its coverage as a number, whichever tool it measures with."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from model.catalog import Kind
from support.catalog import catalog

LCOV = r"printf 'SF:a\nLF:%s\nLH:%s\nend_of_record\n' 120 105 80 70"
# How a kind measures -> the programs for that, as scripts that leave what the real ones do for 175 of 200 lines.
TOOLS = {
    "pytest --cov": {"pytest": ":", "coverage": "case \"$*\" in 'report --format=total') echo 87 ;; esac"},
    "npm test": {"npm": f"mkdir -p coverage && {LCOV} >coverage/lcov.info"},
    "go test": {
        "go": r"""case "$*" in "tool cover -func="*) printf 'a.go:1:\tF\t100.0%%\ntotal:\t(statements)\t87.5%%\n' ;; esac"""
    },
    "cargo llvm-cov": {
        "cargo": f"""case "$*" in
            "llvm-cov --locked --html --output-dir "*) mkdir -p "$5/html" ;;
            "llvm-cov report --lcov --summary-only") {LCOV} ;;
            esac"""
    },
}
# One that measures in another way is only held to it where its own tests run.
KINDS = [(kind, way) for kind in catalog().kinds.values() for way in TOOLS if way in kind.commands.test]
each_kind = pytest.mark.parametrize(("kind", "way"), KINDS, ids=[kind.name for kind, _ in KINDS])


def outcome(kind: Kind, folder: Path, tools: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the tests of a kind in a folder, with these programs."""
    programs = folder / "bin"
    programs.mkdir()
    for name, script in tools.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    command = kind.commands.test.replace("/tmp/", f"{folder}/")
    environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@each_kind
def test_the_total_is_left_as_a_number(kind: Kind, way: str, tmp_path: Path) -> None:
    done = outcome(kind, tmp_path, TOOLS[way])
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "coverage" / "total").read_text() in ("87\n", "87.5\n")


@each_kind
def test_tests_that_fail_still_fail(kind: Kind, way: str, tmp_path: Path) -> None:
    assert outcome(kind, tmp_path, dict.fromkeys(TOOLS[way], "exit 1")).returncode != 0


def test_a_project_that_wants_no_such_report_has_tests_that_pass(tmp_path: Path) -> None:
    kind = next(kind for kind, way in KINDS if way == "npm test")
    assert outcome(kind, tmp_path, {"npm": ":"}).returncode == 0
    assert not (tmp_path / "coverage" / "total").exists()
