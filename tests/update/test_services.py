"""Services come and go by `copier update --vcs-ref=:current: -d services=…`."""

from __future__ import annotations

from pathlib import Path

import pytest
from copier.errors import UserMessageError

from support.projects import TemplateClone, commit, files, git, update

START = {"preset": "custom", "services": "api:fastapi > postgres, web:react > api"}
MORE = "api:fastapi > postgres, jobs:fastapi > redis + api, web:react > api"


def test_an_untouched_project_does_not_change(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project")
    assert update(project) == ""


def test_an_untouched_project_with_lists_does_not_change(clone: TemplateClone, tmp_path: Path) -> None:
    services = [{"name": "api", "kind": "fastapi", "path": "apps/api", "env": {"A": "it's #1: 100%"}}]
    project = clone.project(tmp_path / "project", {"preset": "custom", "services": services, "project_name": "Tom's"})
    assert update(project) == ""


def test_adding_a_service_equals_a_fresh_copy(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", START)
    update(project, {"services": MORE})
    assert files(project) == files(clone.project(tmp_path / "fresh", {**START, "services": MORE}))


def test_removing_a_service_keeps_only_the_users_code(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", {**START, "services": MORE})
    (project / "services/jobs/app/mine.py").write_text("MINE = True\n")
    commit(project)
    before = files(project)
    update(project, {"services": START["services"]})
    after, fresh = files(project), files(clone.project(tmp_path / "fresh", START))
    kept = {path: content for path, content in after.items() if path.startswith("services/jobs/")}
    assert {path: content for path, content in after.items() if path not in kept} == fresh
    owned = {path for path in before if path.startswith("services/jobs/")}
    assert set(kept) == owned - {f"services/jobs/{name}" for name in ("Dockerfile", ".dockerignore", "Makefile")}
    assert all(before[path] == content for path, content in kept.items())


def test_a_new_need_reaches_what_the_template_owns(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", {**START, "services": MORE})
    before = files(project)
    needy = {"services": MORE.replace("web:react > api", "web:react > api + jobs")}
    update(project, needy)
    after, fresh = files(project), files(clone.project(tmp_path / "fresh", {**START, **needy}))
    owned = (
        "Dockerfile",
        ".dockerignore",
        "/Makefile",
        "/nginx/environment.envsh",
        "/nginx/nginx.conf",
        "/nginx/site.conf.template",
    )
    mine = {path for path in before if path.startswith("services/") and not path.endswith(owned)}
    assert {path: content for path, content in after.items() if path not in mine} == {
        path: content for path, content in fresh.items() if path not in mine
    }
    assert all(after[path] == before[path] for path in mine)
    assert b"upstream jobs" in after["services/web/nginx/site.conf.template"][0], "the new need has no proxy"


def test_removing_a_feature_equals_a_fresh_copy(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", START)
    fewer: dict[str, list[str]] = {"deploy": [], "features": []}
    update(project, fewer)
    left, fresh = files(project), files(clone.project(tmp_path / "fresh", {**START, **fewer}))
    # What stays is what the template keeps for the user's own changes.
    assert all("/local/" in path for path in set(left) - set(fresh))
    assert {path: left[path] for path in fresh} == fresh


def test_a_service_that_comes_back_keeps_its_code(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", {**START, "services": MORE})
    main = project / "services/jobs/app/main.py"
    main.write_text("# mine\n")
    commit(project)
    update(project, {"services": START["services"]})
    commit(project)
    update(project, {"services": MORE})
    assert main.read_text() == "# mine\n"
    assert (project / "services/jobs/Dockerfile").exists()


def test_bad_services_change_nothing(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", START)
    with pytest.raises(UserMessageError, match="did you mean 'fastapi'"):
        update(project, {"services": "api:fastpai"})
    assert git(project, "status", "--porcelain") == ""


def test_a_bad_recorded_answer_is_refused_not_reset(clone: TemplateClone, tmp_path: Path) -> None:
    project = clone.project(tmp_path / "project", START)
    file = project / ".copier-answers.yml"
    file.write_text(file.read_text().replace("api:fastapi >", "api:fastpai >"))
    commit(project)
    with pytest.raises(UserMessageError, match="did you mean 'fastapi'"):
        update(project)
    assert git(project, "status", "--porcelain") == ""
