"""Projects of every released version can be updated to this one."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pathspec import GitIgnoreSpec

from support.copying import clone_files, copy
from support.projects import commit, files, git, update
from support.render import ROOT, renderer

RECORD = ROOT / "releases.json"
RELEASES: list[dict[str, str]] = json.loads(RECORD.read_text()) if RECORD.exists() else []


def has_commit(revision: str) -> bool:
    done = subprocess.run(
        ["git", "cat-file", "-e", f"{revision}^{{commit}}"], cwd=ROOT, capture_output=True, check=False
    )
    return done.returncode == 0


def test_the_record_of_releases_is_sound() -> None:
    assert all(set(release) == {"version", "commit"} for release in RELEASES)
    versions = [release["version"] for release in RELEASES]
    assert len(set(versions)) == len(versions)


# Answers that every release takes, with the folders of their services.
PROJECTS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "web": ({}, ("backend", "frontend")),
    "custom": (
        {"preset": "custom", "services": "api:fastapi > postgres, jobs:fastapi:9000 > redis + api, site:react > api"},
        ("services/api", "services/jobs", "services/site"),
    ),
    "few": (
        {
            "preset": "custom",
            "libraries": [{"name": "common", "kind": "python"}],
            "services": [{"name": "api", "kind": "fastapi", "path": "apps/api", "libraries": ["common"]}],
            "deploy": ["compose"],
            "features": [],
        },
        ("apps/api",),
    ),
}


@pytest.mark.parametrize("name", PROJECTS)
@pytest.mark.parametrize(
    "release",
    RELEASES or [pytest.param({}, marks=pytest.mark.skip("nothing is released yet"))],
    ids=lambda r: r.get("version", "none"),
)
def test_update_from_release(release: dict[str, Any], name: str, tmp_path: Path) -> None:
    if not has_commit(release["commit"]):
        why = f"{release['version']} ({release['commit'][:12]}) is not in this clone: git fetch --unshallow"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    chosen, folders = PROJECTS[name]
    template = tmp_path / "template"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(template)], check=True, capture_output=True)
    git(template, "checkout", "-q", "-B", "main", release["commit"])
    git(template, "tag", "-f", release["version"])
    project = copy(template, tmp_path / "project", chosen, vcs_ref=release["version"])
    git(project, "init", "-q", "-b", "main")
    before = files(project)
    mine = project / folders[0] / "app" / "main.py"
    mine.write_text(mine.read_text() + "\n# mine\n")
    readme = project / "README.md"
    readme.write_text(readme.read_text() + "\n## My own chapter\n")
    commit(project)

    # This clone as it is here becomes the next version.
    for part in ("extensions", "template"):
        subprocess.run(["rm", "-rf", str(template / part)], check=True)
    now = clone_files(tmp_path / "now")
    subprocess.run(["cp", "-R", *map(str, now.iterdir()), str(template)], check=True)
    commit(template, "next")
    git(template, "tag", "v999.0.0")

    update(project, ref="v999.0.0")
    assert "# mine" in mine.read_text()
    assert "## My own chapter" in readme.read_text()
    updated = files(project)
    assert not [path for path, (content, _) in updated.items() if b"\n<<<<<<< " in content or path.endswith(".rej")]
    # A feature that is newer than the project is offered to new ones only, and a line stays as it was written.
    recorded = yaml.safe_load((project / ".copier-answers.yml").read_bytes())
    given = {question: value for question, value in recorded.items() if not question.startswith("_")}
    fresh = files(copy(template, tmp_path / "fresh", given, vcs_ref="v999.0.0"))
    # What the template owns is as in a new project; what the user owns is there, and is the user's.
    kept = GitIgnoreSpec.from_lines(renderer().kept())
    differing = [path for path in fresh if not kept.match_file(path) and fresh[path] != updated.get(path)]
    assert differing == ["README.md"]
    assert updated["README.md"][0].replace(b"\n## My own chapter\n", b"") == fresh["README.md"][0]
    edited = mine.relative_to(project).as_posix()
    assert all(
        updated[path] == content for path, content in before.items() if kept.match_file(path) and path != edited
    ), "the user's files changed"
    missing = [path for path in fresh if path not in updated]
    assert all(path.startswith(tuple(f"{folder}/" for folder in (*folders, "libs"))) for path in missing)
    assert not [path for path in updated if path not in fresh and not kept.match_file(path)]
