"""shellcheck of every script."""

from __future__ import annotations

from pathlib import Path

from support.corpus import distinct, projects, write_all
from support.tools import need, output

SHELLS = (b"#!/bin/sh", b"#!/bin/bash", b"#!/usr/bin/env bash", b"#!/usr/bin/env sh")


def test_shellcheck(tmp_path: Path) -> None:
    files = {path: file for path, file in distinct(lambda _: True).items() if file.content.startswith(SHELLS)}
    assert files
    written = write_all(files, tmp_path)
    said = output([need("shellcheck", "make .venv/.develop"), "--severity", "style", *written], tmp_path)
    assert not said, said


def test_scripts_are_executable_and_nothing_else_is() -> None:
    for project in projects():
        for path, file in project.files.items():
            # A file that another script sources is no program, though its first line says its language.
            if not path.endswith(".envsh"):
                assert file.executable == file.content.startswith(b"#!"), path
