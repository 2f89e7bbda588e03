"""Paths of the template and of what it writes are legal wherever git is."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from hypothesis import given

from model.names import DEVICE_NAMES, path_problem
from support.render import ROOT, renderer
from support.samples import SAMPLES
from support.strategies import Answers, answers

ILLEGAL = re.compile(r'[<>:"|?*\\\x00-\x1f]')


def legal(path: str) -> bool:
    return not ILLEGAL.search(path) and not any(
        part.endswith((".", " ")) or part.lower().split(".")[0] in DEVICE_NAMES for part in PurePosixPath(path).parts
    )


def test_template_can_be_cloned_on_windows() -> None:
    paths = [path.relative_to(ROOT).as_posix() for path in (ROOT / "template").rglob("*")]
    assert paths
    assert not [path for path in paths if not legal(path)]
    # Windows allows 260 in all: what is left is for the folder that it is cloned into.
    assert not [path for path in paths if len(path) > 210]
    assert len({path.lower() for path in paths}) == len(paths)


def test_template_sources_are_not_ambiguous() -> None:
    """A file and a template of the same name would both claim one path."""
    paths = {path.relative_to(ROOT).as_posix() for path in (ROOT / "template").rglob("*") if path.is_file()}
    assert not [path for path in paths if f"{path}.jinja" in paths]


@given(answers())
def test_rendered_paths_are_legal_and_unique(given_: Answers) -> None:
    paths = list(renderer().render(given_))
    assert not [path for path in paths if not legal(path)]
    lower = [path.lower() for path in paths]
    assert len(set(lower)) == len(lower)
    # No file stands where another one needs a folder.
    folders = {parent.as_posix() for path in lower for parent in PurePosixPath(path).parents}
    assert not folders.intersection(lower)


def test_no_service_can_take_the_place_of_a_template_file() -> None:
    for answers_ in SAMPLES.values():
        services = {service.path.split("/")[0] for service in renderer().stack(answers_).services}
        for top in {path.split("/")[0] for path in renderer().render(answers_)} - services:
            assert top.startswith(".") or path_problem(top), f"a service could have the path {top}"
