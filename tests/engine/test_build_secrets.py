"""A secret that a build is given is in nothing that it makes."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from engine.build_secrets import BuildSecrets
from engine.buildlog import executed
from engine.commands import Done, docker
from engine.filesystem import opened, saved
from engine.measure import record
from engine.project import Project

BLOCK = 1 << 20


@pytest.fixture(scope="module")
def images(project: Project, production_images: dict[str, str], cold_development_build: Done) -> list[str]:
    """Every image of both services."""
    return [*production_images.values(), *(f"{project.slug}-{name}:development" for name in production_images)]


def test_the_builds_have_used_the_secrets(cold_build: Done, cold_development_build: Done) -> None:
    used = [
        (step.stage, secret)
        for done in (cold_build, cold_development_build)
        for step in executed(done.output)
        for secret in ("uv_default_index", "npmrc")
        if f"type=secret,id={secret}" in step.command
    ]
    assert set(used) == {
        ("dependencies", "uv_default_index"),
        ("dependencies", "npmrc"),
        ("development", "uv_default_index"),
    }


def test_no_layer_holds_a_secret(images: list[str], build_secrets: BuildSecrets, tmp_path: Path) -> None:
    wanted = forms(build_secrets.password)
    searched: dict[str, int] = {}
    for image in images:
        assert build_secrets.password not in docker("history", "--no-trunc", image)
        with saved(image, tmp_path) as archive:
            for member in archive.getmembers():
                # Images share layers; the file name of a blob is its digest.
                if member.isfile() and not ("blobs" in member.name and member.name in searched):
                    with opened(archive, member.name) as stream:
                        searched[member.name], found = search(stream, wanted)
                    assert not found, f"{image}: {member.name}"
    record("secrets.searched", sum(searched.values()) / 1e6, "MB", images=len(images), blobs=len(searched))


def test_the_search_finds_what_a_later_layer_deletes(
    project: Project, images: list[str], build_secrets: BuildSecrets, tmp_path: Path
) -> None:
    half = len(build_secrets.password) // 2
    first, second = build_secrets.password[:half], build_secrets.password[half:]
    folder = tmp_path / "leaking"
    folder.mkdir()
    # In two parts, so that it is in the layer and not in the command.
    dockerfile = f"FROM {images[0]}\nUSER 0\nRUN printf %s%s {first} {second} > /leak\nRUN rm /leak\n"
    (folder / "Dockerfile").write_text(dockerfile)
    leaking = f"{project.slug}-leaking:secret"
    project.succeed("docker", "build", "--tag", leaking, str(folder))
    with saved(leaking, tmp_path) as archive:
        blobs = [member.name for member in archive.getmembers() if member.isfile()]
        found = [name for name in blobs if search(opened(archive, name), forms(build_secrets.password))[1]]
    assert len(found) == 1


def forms(password: str) -> list[bytes]:
    """Return the password as it is, and as HTTP sends it."""
    return [password.encode(), base64.b64encode(f"somebody:{password}".encode())]


def search(stream: IO[bytes] | gzip.GzipFile, wanted: list[bytes]) -> tuple[int, bool]:
    """Return how many bytes there are, and whether any of the wanted ones are among them."""
    longest = max(map(len, wanted))
    size, found, end = 0, False, b""
    for block in blocks(stream):
        window = end + block
        found = found or any(text in window for text in wanted)
        size += len(block)
        end = window[-longest:]
    return size, found


def blocks(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block
