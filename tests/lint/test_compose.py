"""Docker's own tools read every Compose file and every build graph. No engine is needed."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from support.corpus import distinct, projects, write_all
from support.tools import failures, need_docker, output

# Which files Compose reads together.
COMBINATIONS = (
    ("compose.yaml",),
    ("compose.test.yaml",),
    ("compose.prod.yaml",),
    ("compose.prod.yaml", "compose.staging.yaml"),
)


@pytest.mark.parametrize("names", COMBINATIONS, ids=["+".join(names) for names in COMBINATIONS])
def test_compose_files(names: tuple[str, ...], tmp_path: Path) -> None:
    compose = need_docker("compose")
    folders: dict[str, Path] = {}
    for project in projects():
        files = {name: project.files[name] for name in names if name in project.files}
        if len(files) == len(names):
            digest = hashlib.sha256(b"".join(file.content for file in files.values())).hexdigest()
            if digest not in folders:
                folders[digest] = tmp_path / f"{len(folders):04}"
                write_all(files, folders[digest])
    assert folders
    options = [part for name in names for part in ("--file", name)]
    # A warning is for people who have to set a variable: there must be none for those that can start.
    said = failures(
        lambda folder: output(
            [*compose, *options, "config", "--quiet"], folder, TAG="1.2.3", COMPOSE_STATUS_STDOUT="0"
        ),
        folders.values(),
    )
    assert not said, "\n".join(said)


def test_development_needs_no_variable(tmp_path: Path) -> None:
    compose = need_docker("compose")
    project = projects()[0]
    write_all({"compose.yaml": project.files["compose.yaml"]}, tmp_path)
    done = subprocess.run([*compose, "config", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_production_says_which_version_is_missing(tmp_path: Path) -> None:
    compose = need_docker("compose")
    write_all({"compose.prod.yaml": projects()[0].files["compose.prod.yaml"]}, tmp_path)
    said = output([*compose, "--file", "compose.prod.yaml", "config", "--quiet"], tmp_path)
    assert "TAG" in said
    assert "TAG=1.2.3" in said


def test_build_graphs(tmp_path: Path) -> None:
    buildx = need_docker("buildx")
    files = write_all(distinct(lambda path: path == "docker-bake.hcl"), tmp_path)
    assert files

    def check(file: Path) -> str:
        command = [*buildx, "bake", "--print", "--file", str(file), "default", "development"]
        done = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr
        return "" if json.loads(done.stdout)["target"] else f"{file}: no targets"

    said = failures(check, files)
    assert not said, "\n".join(said)
