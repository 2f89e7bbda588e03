"""Copier itself, run on this clone's files."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import copier

from support.render import ROOT

# What Copier reads of this repository.
PARTS = ("copier.yml", "extensions", "template")
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache", ".DS_Store", "node_modules", ".venv")


def clone_files(target: Path) -> Path:
    """Copy the files that Copier reads into a folder that is no git repository, and return it."""
    target.mkdir(parents=True)
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=_IGNORED)
        else:
            shutil.copy2(ROOT / name, target / name)
    return target


def copy(template: Path, target: Path, data: Mapping[str, Any] | None = None, **options: Any) -> Path:
    """Generate a project without questions and return its folder."""
    copier.run_copy(
        str(template), target, data=dict(data or {}), unsafe=True, quiet=True, **{"defaults": True, **options}
    )
    return target


def tree(folder: Path) -> dict[str, tuple[bytes, bool]]:
    """Return content and executable bit of every file, by path; git's own files are left out."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & stat.S_IXUSR))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
