"""Test the whole on production images with stores of its own, and take it all down again."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType
from typing import NoReturn

from ops import builds, compose, process, report, stack
from ops.checks import engine
from ops.commands import explain
from ops.stack import ROOT
from ops.starting import start

LOG = ROOT / "build" / "test-integration.log"
WHOLE = ["tests/integration"]
FEATURES = ROOT / "tests" / "features"
REPORT = "build/features.html"
SCENARIOS = ["tests/features", f"--html={REPORT}", "--self-contained-html"]
SUMMARY = "test the whole with stores of its own, and take it down again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("services", nargs="*", help="only the tests of these")
    parser.add_argument("--features", action="store_true", help="run the scenarios of tests/features in place of tests")


def run(options: argparse.Namespace) -> int:
    """Start it, run the tests, and take it down whatever happened; 1 when anything failed."""
    known = stack.load()
    names = [known.service(name).name for name in options.services or known.services]
    # A function is no part of it: it runs in Lambda, one event at a time.
    names = [name for name in names if known.services[name].role != "function"]
    if not names:
        print("There is nothing to test together: functions are tested by `make test`.")
        return 0
    project = compose.project("test")
    problems = [finding for finding in engine.check() if finding.level == "error"]
    if problems:
        report.show(problems, sys.stderr)
        return 1
    # Python alone leaves SIGTERM to the system, and SIGINT where a shell's background job ignores it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        _down(project)
        if options.features:
            return _test(project, [], [SCENARIOS])
        return _test(project, names, [] if options.services else [WHOLE, *([SCENARIOS] if FEATURES.is_dir() else [])])
    finally:
        # Once more Ctrl-C must not leave half of it behind.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        _down(project)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _down(project: compose.Project) -> None:
    process.run(
        project.command("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "5"), seconds=120
    )


def _test(project: compose.Project, names: list[str], whole: list[list[str]]) -> int:
    """Run the tests of these services, then pytest on all of them, once with each list of arguments."""
    tested = [name for name in names if f"{name}-tests" in project.config()["services"]]
    if process.show(project.command("build", *names, *(f"{name}-tests" for name in tested))):
        report.show(builds.failed(), sys.stderr)
        return 1
    if not start(project, list(names) if not whole else []):
        explain.tell(project)
        return 1
    failed = [name for name in tested if process.show(project.command("run", "--rm", "--no-deps", f"{name}-tests"))]
    failed += [arguments[0] for arguments in whole if process.show([sys.executable, "-m", "pytest", *arguments])]
    if failed:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        LOG.write_text(process.run(project.command("logs", "--no-color", "--timestamps")).out, encoding="utf-8")
        words = (
            f"✗ integration tests failed: {', '.join(failed)}; what the containers said is in {LOG.relative_to(ROOT)}"
        )
        print(report.paint(words, "error", sys.stderr), file=sys.stderr)
    return int(bool(failed))
