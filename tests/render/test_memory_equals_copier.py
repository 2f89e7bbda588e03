"""The renderer that most tests use writes what Copier writes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.copying import clone_files, copy, tree
from support.render import ROOT, Renderer, renderer
from support.samples import SAMPLES


@pytest.mark.parametrize("name", SAMPLES)
def test_memory_equals_copier(name: str, template: Path, tmp_path: Path) -> None:
    project = copy(template, tmp_path / "project", SAMPLES[name])
    written = tree(project)
    rendered = renderer().render({**SAMPLES[name], "_src_path": str(template)})
    assert {path: (file.content, file.executable) for path, file in rendered.items()} == written
    empty = [path for path in project.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert not empty, "a condition stands on the files of these folders, but not on the folders"


def test_what_tools_leave_in_a_clone_is_not_copied(tmp_path: Path) -> None:
    clone = clone_files(tmp_path / "clone")
    left = [f"ops/{folder}/left" for folder in ("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache")]
    for path in left:
        (clone / "template" / path).parent.mkdir()
        (clone / "template" / path).write_text("of a tool")
    answers = next(iter(SAMPLES.values()))
    for written in (tree(copy(clone, tmp_path / "project", answers)), Renderer(clone).render(answers)):
        assert "ops/stack.json" in written
        assert not written.keys() & {*left}


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
