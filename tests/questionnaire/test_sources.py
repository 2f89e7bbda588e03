"""However answers are given, the same answers give the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.copying import copy, tree
from support.samples import SAMPLES


@pytest.mark.parametrize("name", ["default", "several", "one-site"])
def test_data_and_data_file_equal_the_api(name: str, template: Path, tmp_path: Path) -> None:
    given = SAMPLES[name]
    expected = tree(copy(template, tmp_path / "api", given))
    # The other way round: the order in which answers are given does not matter.
    backwards = dict(reversed(given.items()))
    file = tmp_path / "answers.yml"
    file.write_text(yaml.safe_dump(backwards, allow_unicode=True, sort_keys=False))
    options = [
        ["--data-file", str(file)],
        [part for key, value in backwards.items()
         for part in ("-d", f"{key}={value if isinstance(value, str) else json.dumps(value)}")],
    ]  # fmt: skip
    for number, option in enumerate(options):
        target = tmp_path / f"command-{number}"
        command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--quiet", *option]
        subprocess.run([*command, str(template), str(target)], check=True, capture_output=True)
        assert tree(target) == expected


def test_line_and_list_give_the_same_project(template: Path, tmp_path: Path) -> None:
    line: dict[str, Any] = {"preset": "custom", "services": "api:fastapi:9000 > postgres, web:react > api"}
    listed: dict[str, Any] = {
        "preset": "custom",
        "services": [
            {"name": "api", "kind": "fastapi", "port": 9000, "needs": ["postgres"]},
            {"name": "web", "kind": "react", "needs": ["api"]},
        ],
    }
    one, other = (tree(copy(template, tmp_path / str(n), given)) for n, given in enumerate((line, listed)))
    # Only the record of the answers keeps the form in which they were given.
    assert one.pop(".copier-answers.yml") != other.pop(".copier-answers.yml")
    assert one == other


def test_the_message_after_a_copy_says_what_comes_next(template: Path, tmp_path: Path) -> None:
    target = tmp_path / "my shop"
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", str(template), str(target)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    for expected in ("My App is in", "backend, frontend", "PostgreSQL and Redis", f"cd '{target}'", "make up"):
        assert expected in done.stderr
