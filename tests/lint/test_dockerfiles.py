"""hadolint, with the settings that the project has itself."""

from __future__ import annotations

from pathlib import Path

from support.corpus import distinct, write_all
from support.render import renderer
from support.tools import need, output


def test_hadolint(tmp_path: Path) -> None:
    files = distinct(lambda path: path.split("/")[-1].startswith("Dockerfile") and not path.endswith(".dockerignore"))
    assert files
    settings = renderer().render({}).get(".hadolint.yaml")
    options: list[str | Path] = []
    if settings:
        write_all({".hadolint.yaml": settings}, tmp_path)
        options = ["--config", tmp_path / ".hadolint.yaml"]
    written = write_all(files, tmp_path)
    said = output(
        [need("hadolint", "make .venv/.develop"), "--failure-threshold", "style", *options, *written], tmp_path
    )
    assert not said, said
