"""Answers change by `copier update --vcs-ref=:current: -d …`: what follows from them follows, what may not is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from copier.errors import UserMessageError

from support.copying import copy
from support.projects import TemplateClone, commit, files, git, update

START = {"preset": "custom", "services": "api:fastapi > postgres, web:react > api"}


def recorded(project: Path, file: str = ".copier-answers.yml") -> dict[str, Any]:
    answers: dict[str, Any] = yaml.safe_load((project / file).read_bytes())
    return answers


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {"preset": "custom"},
            "preset: this project began as 'web', and 'custom' would change the stores and folders of its services; leave",
        ),
        ({"preset": "rust-go", "services": "api:go-api"}, "preset: this project began as 'web'"),
        ({"project_slug": "other"}, "project_slug: 'my-app' names this project's volumes, databases and images"),
    ],
)
def test_what_a_project_keeps_is_not_changed(
    clone: TemplateClone, tmp_path: Path, data: dict[str, Any], sentence: str
) -> None:
    project = clone.project(tmp_path / "project")
    with pytest.raises(UserMessageError) as caught:
        update(project, data)
    assert sentence in str(caught.value)
    assert git(project, "status", "--porcelain", "--ignored") == ""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("owner: acme", "owner: a_b", ".copier-answers.yml: owner: 'a_b' is not a valid owner"),
        ("owner: acme", "ower: acme", ".copier-answers.yml: 'ower' is not a question of this template"),
    ],
)
def test_a_bad_recorded_answer_is_refused_with_its_file(
    clone: TemplateClone, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    project = clone.project(tmp_path / "project")
    file = project / ".copier-answers.yml"
    file.write_text(file.read_text().replace(old, new))
    commit(project)
    with pytest.raises(UserMessageError) as caught:
        update(project, ref="v2.0.0")
    assert str(caught.value).startswith(sentence)
    assert git(project, "status", "--porcelain", "--ignored") == ""


def test_a_version_can_drop_a_question(tmp_path: Path) -> None:
    clone = TemplateClone(tmp_path / "clone")
    question = "colour:\n  type: str\n  default: red\n\nproject_name:\n"
    field = "    colour: str\n    project_name: "
    clone.release(
        "v1.1.0",
        {
            "copier.yml": ("project_name:\n", question),
            "extensions/model/answers.py": ("    project_name: ", field),
        },
    )
    project = clone.project(tmp_path / "project", ref="v1.1.0")
    assert recorded(project)["colour"] == "red"
    clone.release(
        "v2.0.0",
        {
            "copier.yml": (question, "project_name:\n"),
            "extensions/model/answers.py": (field, "    project_name: "),
        },
    )
    update(project, ref="v2.0.0")
    assert recorded(project)["_commit"] == "v2.0.0"


def test_the_same_answer_again_is_no_change(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project")
    assert update(project, {"preset": "web", "project_slug": "my-app"}) == ""


def test_a_new_owner_takes_the_registry_along(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project")
    update(project, {"owner": "MyCorp"})
    assert recorded(project)["registry"] == "ghcr.io/mycorp"
    assert files(project) == files(clone.project(tmp_path / "fresh", {"owner": "MyCorp"}))


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"registry": "registry.example.com/shop"}, {"owner": "mycorp"}),
        ({}, {"owner": "mycorp", "registry": "ghcr.io/acme"}),
    ],
    ids=["own", "given"],
)
def test_a_registry_of_ones_own_stays(
    clone: TemplateClone, tmp_path: Path, first: dict[str, Any], then: dict[str, Any]
) -> None:
    project = clone.project(tmp_path / "project", first)
    before = recorded(project)["registry"]
    update(project, then)
    assert recorded(project)["registry"] == before


def test_an_answers_file_of_another_name_is_kept_up(clone: TemplateClone, tmp_path: Path) -> None:
    project = copy(clone.folder, tmp_path / "project", START, vcs_ref="v1.0.0", answers_file=".slipway.yml")
    git(project, "init", "-q", "-b", "main")
    commit(project)
    more = f"{START['services']}, jobs:fastapi > redis"
    copier.run_update(
        project,
        data={"services": more},
        answers_file=".slipway.yml",
        defaults=True,
        overwrite=True,
        unsafe=True,
        quiet=True,
        vcs_ref="v2.0.0",
    )
    assert recorded(project, ".slipway.yml")["services"] == more
    assert recorded(project, ".slipway.yml")["_commit"] == "v2.0.0"
    assert not (project / ".copier-answers.yml").exists()
    tasks = (project / "ops/tasks/template.mk").read_text()
    assert tasks.count("$(COPIER) update --answers-file .slipway.yml --trust") == 2


def test_a_machine_of_another_encoding_reads_the_answers(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", {"project_name": "Tom's Café"})
    done = subprocess.run(
        [sys.executable, "-m", "copier", "update", "--trust", "--defaults", "--vcs-ref=:current:"],
        cwd=project,
        env={**os.environ, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert git(project, "status", "--porcelain") == ""


def test_keys_of_a_list_stay_in_the_models_order(clone: TemplateClone, tmp_path: Path) -> None:
    """As a prompt gives them back: YAML on one line, its keys sorted."""
    services = [{"name": "api", "kind": "fastapi", "needs": ["postgres"], "env": {"B": "1", "A": "2"}}]
    project = clone.project(tmp_path / "project", {"preset": "custom", "services": services})
    before = (project / ".copier-answers.yml").read_bytes()
    assert list(recorded(project)["services"][0]) == ["name", "kind", "needs", "env"]
    update(project, {"services": yaml.safe_load(yaml.safe_dump(services, default_flow_style=True))})
    assert (project / ".copier-answers.yml").read_bytes() == before


# Copier lists folders by an iterator that only its end closes.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <posix.ScandirIterator:pytest.PytestUnraisableExceptionWarning"
)
def test_a_service_whose_folder_was_deleted_is_refused(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", START)
    git(project, "rm", "-rq", "services/web")
    commit(project)
    with pytest.raises(
        UserMessageError, match="'web' is in this project's answers, but its folder services/web is gone"
    ):
        update(project, ref="v2.0.0")
    assert git(project, "status", "--porcelain") == ""
    assert not (project / "services/web").exists()
    # Out of the answers, it stays away.
    update(project, {"services": "api:fastapi > postgres"}, ref="v2.0.0")
    assert not (project / "services/web").exists()
    assert recorded(project)["_commit"] == "v2.0.0"


def test_a_service_with_its_first_store_says_what_it_lacks(clone: TemplateClone, tmp_path: Path) -> None:
    """An update adds no source to a service; the project's own contract tests name what is missing."""
    project = clone.project(tmp_path / "project", {"preset": "custom", "services": "api:fastapi"})
    before = {path: content for path, content in files(project).items() if path.startswith("services/")}
    update(project, {"services": "api:fastapi > postgres"})
    after = files(project)
    changed = {path for path in after if path.startswith("services/") and after[path] != before.get(path)}
    assert changed == {"services/api/Dockerfile", "services/api/.dockerignore"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/test_sources.py"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "api: its Dockerfile copies alembic.ini, migrations, which its folder does not have" in done.stdout
    assert "api: `python -m app.migrate` runs before it starts" in done.stdout
    assert "compose.yaml mounts ./services/api/migrations" in done.stdout
