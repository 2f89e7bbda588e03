"""The repository's own tasks succeed in it as it comes."""

from __future__ import annotations

import pytest

from engine.commands import docker
from engine.measure import record
from engine.project import Environment, Project


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("lint", ["All checks passed!", "Success: no issues found", "tsc"]),
        ("test", [" passed", "Tests "]),
        ("contract", [" passed"]),
        ("smoke", [" passed"]),
    ],
)
def test_a_task_succeeds(project: Project, development: Environment, task: str, said: list[str]) -> None:
    before = development.lives()
    done = project.make(task)
    record(f"make.{task}", done.seconds, "s")
    for text in said:
        assert text in done.output
    assert development.lives() == before, "what runs was touched"


def test_integration_tests_succeed_and_leave_nothing(project: Project, development: Environment) -> None:
    before = development.lives()
    done = project.make("test-integration")
    record("make.test-integration", done.seconds, "s")
    assert " passed" in done.output
    label = f"label=com.docker.compose.project={project.slug}-test"
    for kind in ("container", "volume", "network"):
        everything = ("--all",) if kind == "container" else ()
        assert docker(kind, "ls", "--quiet", *everything, f"--filter={label}") == ""
    assert development.lives() == before


def test_doctor_finds_nothing_wrong(project: Project, development: Environment) -> None:
    done = project.make("doctor")
    assert "✗" not in done.output
