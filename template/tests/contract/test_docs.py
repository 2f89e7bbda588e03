"""What README.md and docs/ name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.test_makefile import TASKS
from tests.support.repository import ROOT, SERVICES, STACK, STORES, own_ports, own_tasks

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
pytestmark = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_tasks_exist(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    lines = re.findall(r"^make ([a-z -]+?)(?= *(?:#|$|[A-Za-z]+=))|`make ([a-z-]+)", source, re.MULTILINE)
    named = {task for line in lines for task in " ".join(line).split()}
    assert named <= {*TASKS, *own_tasks(), "help"}


def test_ports_are_those_of_the_map(page: Path) -> None:
    known = {service["port"] for service in SERVICES.values()} | {store["host_port"] for store in STORES.values()}
    known |= {service["debug_port"] for service in SERVICES.values()}
    known |= {end["port"] for store in STORES.values() for end in store["endpoints"]}
    named = {int(port) for port in re.findall(r"localhost:(\d+)", page.read_text(encoding="utf-8"))}
    assert named <= known | own_ports()


def test_compose_files_exist(page: Path) -> None:
    named = set(re.findall(r"\bcompose(?:\.[a-z]+)?\.yaml\b", page.read_text(encoding="utf-8")))
    assert not [file for file in named - {"compose.override.yaml"} if not (ROOT / file).is_file()]


def test_only_what_this_repository_has_is_explained(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    if "kubernetes" not in STACK["deploy"]:
        assert "kubectl" not in source
    for store in ("postgres", "redis"):
        if store not in STORES:
            assert f"service={store}" not in source
