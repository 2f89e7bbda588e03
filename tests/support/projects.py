"""Generated projects as people have them: in git, made from a template in git, updated by Copier."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import copier

from support.copying import clone_files, copy, tree


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it prints."""
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def commit(folder: Path, message: str = "change") -> None:
    """Commit everything in a folder."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)


class TemplateClone:
    """A clone of the template with releases of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = clone_files(folder)
        git(folder, "init", "-q", "-b", "main")
        self.release("v1.0.0")

    def release(self, tag: str, changes: Mapping[str, tuple[str, str]] | None = None) -> None:
        """Replace `(old, new)` text in the files named, commit and tag."""
        for path, (old, new) in (changes or {}).items():
            file = self.folder / path
            text = file.read_text()
            assert old in text, f"{path} holds no {old!r}"
            file.write_text(text.replace(old, new, 1))
        commit(self.folder, tag)
        git(self.folder, "tag", tag)

    def source(self, inside: str, name: str) -> str:
        """Return the path of the template file that `name` comes from, in a folder whose path holds `inside`."""
        found = [
            path.relative_to(self.folder).as_posix()
            for path in sorted((self.folder / "template").rglob("*"))
            if path.name in (name, f"{name}.jinja") and inside in path.parent.as_posix()
        ]
        return min(found, key=len)

    def project(self, folder: Path, data: Mapping[str, Any] | None = None, ref: str = "v1.0.0") -> Path:
        """Return a new project made from one release, committed."""
        copy(self.folder, folder, data, vcs_ref=ref)
        git(folder, "init", "-q", "-b", "main")
        commit(folder, "generated")
        return folder


def update(
    project: Path, data: Mapping[str, Any] | None = None, ref: str | copier.VcsRef = copier.VcsRef.CURRENT
) -> str:
    """Update a project and return what `git status` says of it."""
    copier.run_update(
        project, data=dict(data or {}), defaults=True, overwrite=True, unsafe=True, quiet=True, vcs_ref=ref
    )
    return git(project, "status", "--porcelain")


def files(project: Path) -> dict[str, tuple[bytes, bool]]:
    """Return the files of a project by path."""
    return tree(project)
