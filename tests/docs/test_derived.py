"""What is written from the model is current, and the Makefile's help says everything."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from model.answers import Answers, Shape
from support.render import ROOT
from support.tools import need


@pytest.mark.parametrize("script", ["schema.py", "questionnaire.py"])
def test_derived_documents_are_current(script: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_field_of_an_answer_is_in_a_table() -> None:
    text = (ROOT / "docs" / "questionnaire.md").read_text()
    models = [model for model in Shape.__subclasses__() if model is not Answers]
    assert len(models) >= 4
    for model in models:
        rows = "".join(rf"\| `{name}` \| .+ \| use .+ \|\n" for name in model.model_fields)
        assert re.search(rf"\| --- \| --- \| --- \|\n{rows}\n", text), f"no table says what {model.__name__} holds"


def test_hints_are_about_what_they_stand_beside() -> None:
    text = (ROOT / "docs" / "questionnaire.md").read_text()
    questions = dict(re.findall(r"^### `(\w+)`\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL))
    assert set(questions) == set(Answers.model_fields)
    assert "the name of a preset" in questions["preset"]
    assert "{name: common, kind: python}" in questions["libraries"]
    assert "[]" in questions["deploy"]
    library = text.partition("\n## `libraries`\n")[2].partition("\n## ")[0]
    assert "fastapi" not in library
    assert "services/" not in library


def test_help_lists_every_task() -> None:
    make = need("make", "install GNU make")
    said = subprocess.run(
        [make, "--no-print-directory", "-C", str(ROOT)], check=True, capture_output=True, text=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    listed = re.findall(r"^  \x1b\[36m([a-z-]+) *\x1b\[0m \S", said, re.MULTILINE)
    assert sorted(listed) == sorted(phony[1].split())


def test_the_makefile_needs_no_newer_make_than_macos_has() -> None:
    text = (ROOT / "Makefile").read_text()
    # Of 3.82 and later.
    for newer in (r"^\.ONESHELL", r"!=", r"&:", r"\$\(file ", r"^\s*private ", r"\$\(intcmp", r"\$\(let "):
        assert not re.search(newer, text, re.MULTILINE), newer


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_locks_have_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    packages = re.findall(r"^[a-z0-9][a-z0-9_.-]*(?:\[[a-z,-]+\])?==", text, re.MULTILINE)
    assert packages
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{document.name}: {link}"
        for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text())
        if not (document.parent / link).exists()
    ]
    assert not broken
