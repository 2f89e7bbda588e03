"""The tasks of a generated repository work for every kind."""

from __future__ import annotations

import pytest

from engine.measure import record
from engine.mixed.stack import NAMES
from engine.project import Environment, Project


@pytest.mark.parametrize("name", NAMES)
def test_its_own_tests_pass(mixed: Project, running: Environment, name: str) -> None:
    done = mixed.make("coverage", f"service={name}", seconds=900)
    record(f"mixed.tests.{name}", done.seconds, "s")
    report = mixed.path(f"{mixed.services[name]['path']}/coverage")
    assert report.is_dir(), "no report was left"
    total = (report / "total").read_text()
    assert float(total) >= 80
    assert f"{int(float(total))} %" in (report / "badge.svg").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_its_linters_find_nothing(mixed: Project, running: Environment, name: str) -> None:
    done = mixed.make("lint", f"service={name}", seconds=900)
    record(f"mixed.lint.{name}", done.seconds, "s")


def test_all_files_agree(mixed: Project, running: Environment) -> None:
    assert " passed" in mixed.make("contract", seconds=300).output


def test_everything_works_together(mixed: Project, running: Environment) -> None:
    done = mixed.make("test-integration", seconds=1200)
    record("mixed.integration", done.seconds, "s")
    assert " passed" in done.output
