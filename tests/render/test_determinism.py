"""The same answers give the same bytes: no clock, no randomness, no machine in them."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings

from support.render import ROOT, contents, renderer
from support.samples import SAMPLES
from support.strategies import Answers, answers

# Renders every sample and prints a digest of each file.
PROGRAM = """
import hashlib, json, locale, sys
sys.path[:0] = sys.argv[1:3]
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
from support.render import Renderer
from support.samples import SAMPLES
renderer = Renderer()
print(json.dumps({
    f"{name}/{path}": hashlib.sha256(file.content).hexdigest()
    for name, answers in SAMPLES.items() for path, file in renderer.render(answers).items()
}))
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "42", "TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8", "USER": "somebody"},
    ],
    ids=["C", "de"],
)
def test_same_bytes_in_other_processes(environment: dict[str, str], tmp_path: Path) -> None:
    here = {
        f"{name}/{path}": hashlib.sha256(file.content).hexdigest()
        for name, given_ in SAMPLES.items()
        for path, file in renderer().render(given_).items()
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ROOT / "tests"), str(ROOT / "extensions")],
        env={**os.environ, **environment},
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == here


@settings(max_examples=50)
@given(answers())
def test_rendering_leaves_nothing_behind(given_: Answers) -> None:
    """What is rendered between two renders of the same answers does not matter."""
    first = contents(renderer().render(given_))
    contents(renderer().render({}))
    assert contents(renderer().render(given_)) == first
