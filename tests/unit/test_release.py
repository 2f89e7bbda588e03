from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.projects import commit, git
from support.scripts import script

release = script("release")
CHANGELOG = """# Changelog

## [Unreleased]

## [1.1.0] - 2026-02-03

- More.

## [1.0.0] - 2026-01-02

- First.
"""


def test_a_changelog_is_read_by_version() -> None:
    assert release.sections(CHANGELOG) == {
        "Unreleased": (None, ""),
        "1.1.0": ("2026-02-03", "- More."),
        "1.0.0": ("2026-01-02", "- First."),
    }


@pytest.mark.parametrize("tag", [None, "v1.1.0"])
def test_a_version_that_everything_agrees_on_can_be_released(tag: str | None) -> None:
    assert release.problems("1.1.0", CHANGELOG, tag) == []


@pytest.mark.parametrize(
    ("version", "changelog", "tag", "said"),
    [
        ("1.1.0rc1", CHANGELOG.replace("1.1.0", "1.1.0rc1"), None, "'1.1.0rc1' is no version to release"),
        ("1.1.0", CHANGELOG, "v1.0.0", "the tag is v1.0.0, but pyproject.toml says 1.1.0; it should be v1.1.0"),
        ("1.1.0", CHANGELOG, "1.1.0", "it should be v1.1.0"),
        ("1.2.0", CHANGELOG, None, "write a section '## [1.2.0] - YYYY-MM-DD'"),
        ("1.1.0", CHANGELOG.replace(" - 2026-02-03", ""), None, "1.1.0 has no date"),
        ("1.1.0", CHANGELOG.replace("- More.", ""), None, "the section of 1.1.0 is empty"),
        ("1.0.0", CHANGELOG, None, "1.0.0 is not the newest version there"),
    ],
)
def test_what_keeps_a_version_back_is_said(version: str, changelog: str, tag: str | None, said: str) -> None:
    (problem,) = release.problems(version, changelog, tag)
    assert said in problem


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that releases 1.1.0."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.1.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "releases.json").write_text(
        '[{"version": "1.0.0", "commit": "0"}, {"version": "1.1.0", "commit": "1"}]'
    )
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    monkeypatch.setattr(release, "ROOT", tmp_path)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["release.py", *arguments])
    code: int = release.main()
    return code


def test_a_release_is_recorded_once_with_its_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "record") == 0
    head = git(repository, "rev-parse", "HEAD").strip()
    assert json.loads((repository / "releases.json").read_text()) == [
        {"version": "1.0.0", "commit": "0"},
        {"version": "1.1.0", "commit": head},
    ]


def test_notes_and_version_are_printed(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "check", "v1.1.0") == 0
    assert run(monkeypatch, "notes") == 0
    assert capsys.readouterr().out == "1.1.0\n- More.\n"


@pytest.mark.parametrize("command", ["check", "notes", "record"])
def test_nothing_is_printed_or_written_for_a_version_that_is_not_ready(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    (repository / "pyproject.toml").write_text('[project]\nversion = "2.0.0"\n')
    before = (repository / "releases.json").read_text()
    assert run(monkeypatch, command) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "nothing about 2.0.0" in printed.err
    assert (repository / "releases.json").read_text() == before


def test_this_repository_is_ready_to_be_released() -> None:
    done = subprocess.run([sys.executable, "scripts/release.py", "check"], cwd=script("release").ROOT, check=False)
    assert done.returncode == 0
