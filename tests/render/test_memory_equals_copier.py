"""The renderer that most tests use writes what Copier writes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.copying import copy, tree
from support.render import ROOT, renderer
from support.samples import SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_memory_equals_copier(name: str, template: Path, tmp_path: Path) -> None:
    project = copy(template, tmp_path / "project", SAMPLES[name])
    written = tree(project)
    rendered = renderer().render({**SAMPLES[name], "_src_path": str(template)})
    assert {path: (file.content, file.executable) for path, file in rendered.items()} == written
    empty = [path for path in project.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert not empty, "a condition stands on the files of these folders, but not on the folders"


def test_executable_bits_are_in_git() -> None:
    """Copier takes them from git's index where there is one, so file system and index must agree."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone")
    listed = subprocess.run(
        ["git", "ls-files", "-s", "-z", "template"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for line in filter(None, listed.stdout.split("\0")):
        meta, path = line.split("\t", 1)
        if (ROOT / path).exists():
            assert (meta.startswith("100755")) == bool((ROOT / path).stat().st_mode & 0o100), path
