"""Projects of every released version can be updated to this one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.copying import clone_files, copy
from support.projects import commit, files, git, update
from support.render import ROOT

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


@pytest.mark.parametrize(
    "release",
    RELEASES or [pytest.param({}, marks=pytest.mark.skip("nothing is released yet"))],
    ids=lambda r: r.get("version", "none"),
)
def test_update_from_release(release: dict[str, Any], tmp_path: Path) -> None:
    if not has_commit(release["commit"]):
        pytest.skip(f"{release['version']} ({release['commit'][:12]}) is not in this clone: git fetch --unshallow")
    template = tmp_path / "template"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(template)], check=True, capture_output=True)
    git(template, "checkout", "-q", "-B", "main", release["commit"])
    git(template, "tag", "-f", release["version"])
    project = copy(template, tmp_path / "project", vcs_ref=release["version"])
    git(project, "init", "-q", "-b", "main")
    mine = project / "backend" / "app" / "main.py"
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
    # A feature that is newer than the project is offered to new ones only.
    recorded = yaml.safe_load((project / ".copier-answers.yml").read_text())
    given = {"features": recorded["features"]}
    fresh = files(copy(template, tmp_path / "fresh", given, vcs_ref="v999.0.0"))
    # What the template owns is as in a new project; what the user owns is there, and is the user's.
    assert not [path for path in fresh if path not in updated and not path.startswith(("backend/", "frontend/"))]
