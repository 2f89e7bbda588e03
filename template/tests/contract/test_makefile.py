"""Every task is explained, and calls what there is."""

from __future__ import annotations

import re

from ops.__main__ import names
from tests.support.repository import ROOT, STACK

FILES = [ROOT / "Makefile", *sorted((ROOT / "ops" / "tasks").glob("*.mk"))]
SOURCE = "\n".join(file.read_text(encoding="utf-8") for file in FILES)
TASKS = re.findall(r"^([a-z][a-z-]*):.*## ", SOURCE, re.MULTILINE)
# `make` alone prints the list, `ps` is an old habit of `status`, the last looks for a program.
UNEXPLAINED = {"help", "ps", "copier"}


def test_every_task_is_explained() -> None:
    phony = {name for line in re.findall(r"^\.PHONY: (.+)$", SOURCE, re.MULTILINE) for name in line.split()}
    assert phony == {*TASKS, *UNEXPLAINED}
    assert len(TASKS) == len(set(TASKS))


def test_every_command_that_is_called_exists() -> None:
    called = re.findall(r"(?:\$\(OPS\)|-m ops) ([a-z]+)", SOURCE)
    assert called
    assert set(called) <= set(names())


def test_tasks_are_those_of_this_repository() -> None:
    assert ("deploy" in TASKS) == ("compose" in STACK["deploy"])
    assert ("deploy-kubernetes" in TASKS) == ("kubernetes" in STACK["deploy"])
    assert ("secrets" in TASKS) == bool(STACK["secrets"] and STACK["deploy"])


def test_it_uses_nothing_newer_than_make_3_81() -> None:
    newer = re.findall(
        r"\.ONESHELL|\.SHELLFLAGS|&:|\$\(file |\$\(let |\$\(intcmp |^\w+\s*(?:!|:::)=", SOURCE, re.MULTILINE
    )
    assert not newer
