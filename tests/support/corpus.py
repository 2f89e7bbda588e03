"""Rendered projects of many random answers: what the linters look at."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st

from support.render import File, Tree, renderer
from support.samples import SAMPLES, STACKS
from support.strategies import Answers, answers

RANDOM = 200
# Few services each: what linters see of a service does not depend on how many others there are.
SIZES = st.sampled_from([1, 1, 1, 2, 2, 2, 3, 3, 4])


@dataclass(frozen=True)
class Project:
    """One set of answers with the files that it gives."""

    answers: Answers
    files: Tree


@functools.cache
def projects() -> tuple[Project, ...]:
    """Return the projects of all samples and stacks, and of `RANDOM` random answers, the same in every run."""
    made = [Project(given_, renderer().render(given_)) for given_ in (*SAMPLES.values(), *STACKS.values())]

    @settings(max_examples=RANDOM)
    @given(answers(SIZES))
    def collect(given_: Answers) -> None:
        made.append(Project(given_, renderer().render(given_)))

    collect()
    return tuple(made)


def distinct(wanted: Callable[[str], bool]) -> dict[str, File]:
    """Return the files of all projects whose path is wanted, each content once, under paths of their own.

    A path keeps its last part, which tells linters what a file is.
    """
    found: dict[tuple[str, bytes], tuple[str, File]] = {}
    for project in projects():
        for path, file in project.files.items():
            if wanted(path):
                found.setdefault((PurePosixPath(path).name, file.content), (path, file))
    return {f"{number:05}/{path}": file for number, (path, file) in enumerate(found.values())}


def distinct_trees(roots: Callable[[Project], Iterable[str]], wanted: Callable[[str], bool]) -> dict[str, Tree]:
    """Return the folders of all projects, given by `roots` ("" is the whole), with their wanted files; equal ones once."""
    found: dict[str, tuple[str, Tree]] = {}
    for project in projects():
        for root in roots(project):
            start = f"{root}/" if root else ""
            tree = {
                path.removeprefix(start): file
                for path, file in project.files.items()
                if path.startswith(start) and wanted(path)
            }
            digest = hashlib.sha256(repr([(path, file.content) for path, file in tree.items()]).encode()).hexdigest()
            if tree:
                found.setdefault(digest, (root, tree))
    return {f"{number:05}/{root}": tree for number, (root, tree) in enumerate(found.values())}


def write_all(files: dict[str, File], folder: Path) -> list[Path]:
    """Write files below a folder and return their paths."""
    written = []
    for path, file in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        written.append(target)
    return written
