"""Changes of a service's source, whatever language it is written in."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import PurePosixPath

from engine.project import Project
from support.catalog import catalog

# A comment that changes nothing, by the suffix of a source file.
COMMENTS = {".py": "\n# {}\n", ".ts": "\n// {}\n", ".tsx": "\n// {}\n", ".go": "\n// {}\n", ".rs": "\n// {}\n"}


def changed_source(project: Project, name: str) -> contextlib.AbstractContextManager[None]:
    """Change a source file of a service, as no cache has seen it, for as long as the context lasts."""
    file = source_of(project, name)
    comment = COMMENTS[PurePosixPath(file).suffix].format(uuid.uuid4().hex)
    return project.changed(file, append=comment)


def source_of(project: Project, name: str) -> str:
    """Return a source file of a service, by its path from the root."""
    folder = project.path(project.services[name]["path"])
    mounts = catalog().kinds[project.services[name]["kind"]].development.mounts
    for mount in mounts:
        place = folder / mount.path
        files = [place] if place.is_file() else sorted(place.rglob("*")) if place.exists() else []
        for file in files:
            if file.suffix in COMMENTS and "test" not in file.name and "test" not in str(file.parent.name):
                return file.relative_to(project.folder).as_posix()
    raise AssertionError(f"{name} mounts no source that is known here")
