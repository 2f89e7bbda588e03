"""Commands that compare benchmarks: they fail where one is slower, and where some were not measured to the end."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support.catalog import catalog

BENCH = {name: kind.commands.bench or "" for name, kind in catalog().kinds.items()}
CRITERION = [name for name, bench in BENCH.items() if bench.startswith("cargo ")]
GO = [name for name, bench in BENCH.items() if bench.startswith("go ")]


def run(folder: Path, command: str | None, program: str, says: str, code: int) -> subprocess.CompletedProcess[str]:
    """Run a command with a stand-in for its program, which says this and ends with this code."""
    assert command
    (folder / program).write_text(f"#!/bin/sh\ncat <<'EOF'\n{says}\nEOF\nexit {code}\n")
    (folder / program).chmod(0o755)
    command = command.replace("/tmp/", f"{folder}/").replace("/opt/go/", f"{folder}/kept-")
    environment = {"PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("kind", CRITERION)
@pytest.mark.parametrize(
    ("says", "code", "passes"),
    [
        ("a  time: [1 ns]\n change: [+1 %]\nNo change in performance detected.", 0, True),
        ("a  time: [1 ns]\n change: [+1 %]\nb  time: [1 ns]", 0, True),
        ("a  time: [1 ns]\n change: [+30 %]\nPerformance has regressed.", 0, False),
        ("a  time: [1 ns]\n change: [+1 %]\nthread 'main' panicked", 101, False),
        ("a  time: [1 ns]", 0, False),
    ],
)
def test_rust_compares_what_was_kept(kind: str, says: str, code: int, passes: bool, tmp_path: Path) -> None:
    compare = catalog().kinds[kind].commands.bench_compare
    for _ in range(2):
        done = run(tmp_path, compare, "cargo", says, code)
        assert says in done.stdout
        assert (done.returncode == 0) == passes
    assert ("nothing to compare with" in done.stderr) == ("change:" not in says)


@pytest.mark.parametrize("kind", GO)
def test_go_compares_what_was_kept_and_shows_why_a_benchmark_failed(kind: str, tmp_path: Path) -> None:
    save, compare = catalog().kinds[kind].commands.bench_save, catalog().kinds[kind].commands.bench_compare
    kept, slower, failed = (
        "pkg: a\nBenchmarkA 100 7 ns/op",
        "pkg: a\nBenchmarkA 100 9 ns/op",
        "--- FAIL: BenchmarkA\nFAIL",
    )
    assert "nothing to compare with" in run(tmp_path, compare, "go", kept, 0).stderr
    assert run(tmp_path, save, "go", kept, 0).returncode == 0
    for command in (save, compare):
        done = run(tmp_path, command, "go", failed, 1)
        assert done.returncode == 1
        assert failed in done.stdout
    assert run(tmp_path, compare, "go", kept, 0).returncode == 0
    done = run(tmp_path, compare, "go", slower, 0)
    assert done.returncode == 1
    assert "a BenchmarkA: 7 -> 9 ns/op, more than 10 % slower" in done.stdout
