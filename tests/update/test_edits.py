"""A new version of the template arrives without harm to what people have changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.projects import TemplateClone, commit, files, git, update

NEW = "From 2.0.0 on"


@pytest.fixture
def project(clone: TemplateClone, tmp_path: Path) -> Path:
    return clone.project(tmp_path / "project")


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def test_a_new_version_equals_a_fresh_copy_but_for_the_users_files(
    clone: TemplateClone, project: Path, tmp_path: Path
) -> None:
    update(project, ref="v2.0.0")
    fresh = files(clone.project(tmp_path / "fresh", ref="v2.0.0"))
    updated = files(project)
    assert set(updated) == set(fresh)
    assert [path for path in fresh if fresh[path] != updated[path]] == ["backend/app/healthcheck.py"]


def test_edits_of_template_files_are_merged(project: Path) -> None:
    edits = {
        "backend/Dockerfile": "\n# My own last line\n",
        "compose.yaml": "\nx-mine: {a: 1}\n",
        "README.md": "\n## My own chapter\n\nText.\n",
    }
    for path, text in edits.items():
        append(project / path, text)
    commit(project)
    status = update(project, ref="v2.0.0")
    for path, text in edits.items():
        merged = (project / path).read_text()
        assert text.strip() in merged
        assert NEW in merged
        assert "<<<<<<<" not in merged
    assert not [line for line in status.splitlines() if line[:2] in ("UU", "AA")]
    assert not list(project.rglob("*.rej"))


def test_files_of_the_user_are_left_alone(project: Path) -> None:
    main, untouched = project / "backend/app/main.py", project / "backend/app/healthcheck.py"
    append(main, "\n# mine\n")
    (project / ".env").write_text("LOG_LEVEL=debug\n")
    (project / "compose.override.yaml").write_text("services: {}\n")
    (project / "notes.txt").write_text("mine\n")
    commit(project)
    before = files(project)
    update(project, ref="v2.0.0")
    after = files(project)
    for path in ("backend/app/main.py", "compose.override.yaml", "notes.txt", ".env"):
        assert after[path] == before[path]
    # The template changed this one too, but it is not the template's.
    assert NEW not in untouched.read_text()


def test_deleted_files_stay_deleted(project: Path) -> None:
    gone = ["backend/app/healthcheck.py", "backend/pyproject.toml", "README.md"]
    for path in gone:
        (project / path).unlink()
    commit(project)
    update(project, ref="v2.0.0")
    assert not [path for path in gone if (project / path).exists()]


def test_a_conflict_is_marked_where_it_is(project: Path) -> None:
    dockerfile = project / "backend/Dockerfile"
    lines = dockerfile.read_text().splitlines(keepends=True)
    dockerfile.write_text("".join([lines[0], "# Mine in the same place\n", *lines[1:]]))
    commit(project)
    status = update(project, ref="v2.0.0")
    text = dockerfile.read_text()
    assert "# Mine in the same place" in text
    assert NEW in text
    assert "UU backend/Dockerfile" in status.splitlines()


def test_what_git_ignores_is_not_overwritten(project: Path) -> None:
    """A file that git ignores would be lost without a trace."""
    (project / ".env").write_text("LOG_LEVEL=debug\n")
    assert git(project, "status", "--porcelain") == "", ".env must be ignored"
    update(project, ref="v2.0.0")
    assert (project / ".env").read_text() == "LOG_LEVEL=debug\n"


def test_everything_that_is_written_can_be_committed(project: Path) -> None:
    ignored = git(project, "status", "--porcelain", "--ignored")
    assert ignored == "", "the project's own .gitignore hides files that the template writes"
