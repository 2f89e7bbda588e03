"""The questionnaire as a person meets it: few prompts, bad answers refused on the spot, nothing asked twice."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import copier
import copier._main
import pytest
import yaml
from copier._user_data import Question
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from support.catalog import catalog
from support.copying import copy, tree
from support.projects import TemplateClone
from support.projects import git as run_git
from support.render import renderer

ENTER = "\r"
# Clears the line that a prompt offers.
CLEAR = "\x01\x0b"


@contextmanager
def typing(keys: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Type keys into Copier's prompts; yields the names of the questions that are asked."""
    asked: list[str] = []
    prompt = vars(copier._main)["unsafe_prompt"]

    def recorded(questions: list[dict[str, Any]], **options: Any) -> Any:
        asked.append(questions[0]["name"])
        return prompt(questions, **options)

    monkeypatch.setattr(copier._main, "unsafe_prompt", recorded)
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        keyboard.send_text(keys)
        # Running out of keys is an error rather than a wait.
        keyboard.close()
        yield asked


def recorded_answers(project: Path) -> dict[str, Any]:
    answers: dict[str, Any] = yaml.safe_load((project / ".copier-answers.yml").read_text())
    return answers


def test_default_path(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with typing(ENTER * 20, monkeypatch) as asked:
        copier.run_copy(str(template), tmp_path / "asked", unsafe=True, quiet=True)
    assert asked == ["project_name", "project_slug", "description", "owner", "preset", "services", "deploy", "features"]
    assert tree(tmp_path / "asked") == tree(copy(template, tmp_path / "defaults"))


def test_custom_path_asks_for_registry_and_domain(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with typing(ENTER * 20, monkeypatch) as asked:
        copier.run_copy(str(template), tmp_path / "project", data={"preset": "custom"}, unsafe=True, quiet=True)
    assert "registry" in asked
    assert "domain" in asked
    assert len(asked) <= 9


def test_the_name_gives_the_other_defaults(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with typing(f"{CLEAR}Tom's Café 2{ENTER}" + ENTER * 20, monkeypatch):
        copier.run_copy(str(template), tmp_path / "project", unsafe=True, quiet=True)
    answers = recorded_answers(tmp_path / "project")
    assert answers["project_name"] == "Tom's Café 2"
    assert answers["project_slug"] == "tom-s-cafe-2"
    assert answers["domain"] == "tom-s-cafe-2.example.com"
    assert answers["description"].startswith("Tom's Café 2, ")


def test_a_bad_line_is_refused_at_the_prompt(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    validate = Question.validate_answer

    def watched(self: Any, answer: Any) -> None:
        try:
            validate(self, answer)
        except ValueError as error:
            seen.append(str(error))
            raise

    monkeypatch.setattr(Question, "validate_answer", watched)
    # Five questions come before it; the good line replaces the refused one in the same prompt.
    keys = ENTER * 5 + f"{CLEAR}api:fastpai{ENTER}{CLEAR}api:fastapi > redis{ENTER}" + ENTER * 20
    with typing(keys, monkeypatch) as asked:
        copier.run_copy(str(template), tmp_path / "project", unsafe=True, quiet=True)
    # A terminal of 80 columns shows 39 of ours after Copier's own 41.
    said = [text.removeprefix("Validation error for question 'services': ")[:39] for text in seen]
    assert "did you mean 'fastapi'?; 'api': unknown" in said
    assert all("\n" not in text for text in seen), "a prompt shows only the first line"
    assert asked.count("services") == 1
    assert recorded_answers(tmp_path / "project")["services"] == "api:fastapi > redis"


def test_an_update_asks_nothing_about_the_slug(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "template"
    subprocess.run(["cp", "-R", str(template), str(source)], check=True)
    git(source)
    project = copy(source, tmp_path / "project", {"project_slug": "shop"}, vcs_ref="HEAD")
    git(project)
    with typing(ENTER * 20, monkeypatch) as asked:
        copier.run_update(project, unsafe=True, quiet=True, overwrite=True, vcs_ref=copier.VcsRef.CURRENT)
    assert "project_slug" not in asked
    assert len(asked) == len(set(asked))
    assert recorded_answers(project)["project_slug"] == "shop"
    status = subprocess.run(["git", "status", "--porcelain"], cwd=project, check=True, capture_output=True, text=True)
    assert not status.stdout


@pytest.fixture
def clone(tmp_path: Path) -> TemplateClone:
    return TemplateClone(tmp_path / "slipway")


def git_status(project: Path) -> str:
    return run_git(project, "status", "--porcelain")


def git(folder: Path) -> None:
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


def test_an_update_asks_nothing_about_the_preset(
    clone: TemplateClone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = [{"name": "api", "kind": "fastapi", "port": 9000, "needs": ["redis"], "env": {"B": "1", "A": "2"}}]
    project = clone.project(tmp_path / "project", {"preset": "custom", "services": services})
    with typing(ENTER * 20, monkeypatch) as asked:
        copier.run_update(project, unsafe=True, quiet=True, overwrite=True, vcs_ref=copier.VcsRef.CURRENT)
    assert "preset" not in asked
    assert "services" in asked
    # A prompt gives a list back with its keys sorted.
    assert git_status(project) == ""


def test_a_service_can_be_renamed_in_the_line_that_is_offered(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, end = "\x01", "\x05"
    # `backend` becomes `api` where it is declared and, at the end, where it is needed.
    keys = ENTER * 5 + home + "\x1b[3~" * 7 + "api" + end + "\x7f" * 7 + "api" + ENTER * 20
    with typing(keys, monkeypatch):
        copier.run_copy(str(template), tmp_path / "project", unsafe=True, quiet=True)
    assert recorded_answers(tmp_path / "project")["services"] == "api:fastapi > postgres + redis, frontend:react > api"


def test_help_fits_a_terminal(template: Path) -> None:
    for preset in catalog().presets:
        text = renderer().environment.from_string(renderer().questions["services"]["help"]).render(preset=preset)
        assert max(map(len, text.splitlines())) <= 76
        for name in (*catalog().kinds, *catalog().stores):
            assert name in text
