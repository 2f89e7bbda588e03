"""Every task is explained, and calls what there is."""

from __future__ import annotations

import functools
import os
import re
import subprocess

import pytest

from ops.__main__ import names
from tests.support.repository import ROOT, SERVICES, STACK, text

FILES = [ROOT / "Makefile", *sorted((ROOT / "ops" / "tasks").glob("*.mk"))]
SOURCE = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
TASKS = re.findall(r"^([a-z][a-z-]*):.*## ", SOURCE, re.MULTILINE)
# `make` alone prints the list, `ps` is an old habit of `status`, the last looks for a program.
UNEXPLAINED = {"help", "ps", "copier"}


def test_every_task_is_explained() -> None:
    phony = {name for line in re.findall(r"^\.PHONY: (.+)$", SOURCE, re.MULTILINE) for name in line.split()}
    assert phony == {*TASKS, *UNEXPLAINED}
    assert len(TASKS) == len(set(TASKS))


# Tasks of one kind stand together, though their files do not.
HEADINGS = {
    "build": "Delivery",
    "deploy": "Delivery",
    "hooks": "Quality",
    "lint-files": "Quality",
    "lint-workflows": "Quality",
    "secrets": "Delivery",
    "test-features": "Quality",
    "update": "This repository",
}


def test_every_task_is_listed_under_its_own_heading() -> None:
    listed: dict[str, str] = {}
    headings: list[str] = []
    for line in make(".", "help").splitlines():
        if task := re.match(r"  ([a-z-]+) ", line):
            listed[task[1]] = headings[-1]
        elif line:
            headings.append(line.partition(" (")[0])
    assert len(headings) == len(set(headings))
    assert listed.keys() >= set(TASKS)
    assert {task: listed[task] for task in HEADINGS if task in TASKS} == {
        task: heading for task, heading in HEADINGS.items() if task in TASKS
    }


def test_every_file_of_tasks_begins_with_a_heading() -> None:
    assert not [file.name for file in FILES[1:] if not file.read_text(encoding="utf-8").startswith("##@ ")]


def test_every_command_that_is_called_exists() -> None:
    called = re.findall(r"(?:\$\(OPS\)|-m ops) ([a-z]+)", SOURCE)
    assert called
    assert set(called) <= set(names())


def test_tasks_are_those_of_this_repository() -> None:
    assert ("deploy" in TASKS) == ("compose" in STACK["deploy"])
    assert ("deploy-kubernetes" in TASKS) == ("kubernetes" in STACK["deploy"])
    assert ("secrets" in TASKS) == bool(STACK["secrets"] and STACK["deploy"])


def test_it_uses_nothing_newer_than_make_3_81() -> None:
    services = "\n".join(text(f"{service['path']}/Makefile") for service in SERVICES.values())
    newer = re.findall(
        r"\.ONESHELL|\.SHELLFLAGS|&:|\$\(file |\$\(let |\$\(intcmp |^\w+\s*(?:!|:::)=",
        SOURCE + text("ops/service.mk") + services,
        re.MULTILINE,
    )
    assert not newer


@functools.cache
def make(folder: str, *arguments: str) -> str:
    """Return what make prints in a folder of this repository."""
    # Of the make that runs these tests, nothing is to be handed on.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    command = ["make", "--no-print-directory", *arguments]
    done = subprocess.run(command, cwd=ROOT / folder, env=environment, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return done.stdout


def would_run(folder: str, task: str, *variables: str) -> list[str]:
    """Return the commands of a task, without those by which one make starts another."""
    lines = make(folder, "--dry-run", task, *variables).splitlines()
    return [line for line in lines if not line.startswith("make ")]


def narrowed(service: str) -> set[str]:
    """Return the root's tasks that do something else when they are told this service."""
    tasks = {task for task in TASKS if would_run(".", task) != would_run(".", task, f"service={service}")}
    if SERVICES[service]["deployed"]:
        return {task for task in tasks if not task.startswith("function-")}
    return tasks - {"deploy"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_every_task_that_can_be_narrowed_to_it(service: str) -> None:
    listed = re.findall(r"^  ([a-z-]+) ", make(SERVICES[service]["path"]), re.MULTILINE)
    assert sorted(listed) == sorted(narrowed(service))


@pytest.mark.parametrize("service", SERVICES)
def test_a_task_of_a_service_is_that_of_the_root(service: str) -> None:
    for task in narrowed(service):
        given = ("TAG=1.2.3", "baseline=save", "mode=prod")
        here = would_run(SERVICES[service]["path"], task, *given)
        assert here == would_run(".", task, f"service={service}", *given), task
