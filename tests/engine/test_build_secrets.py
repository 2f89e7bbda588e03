"""A secret that a build is given is in nothing that it makes."""

from __future__ import annotations

import base64
import gzip
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from engine.build_secrets import BuildSecrets, build_secrets_of, secrets_of
from engine.buildlog import executed
from engine.commands import Done, docker
from engine.filesystem import opened, saved
from engine.measure import record
from engine.project import STRANGER, Project, remove
from support import copying
from support.catalog import catalog

BLOCK = 1 << 20
SECRETS = sorted(frozenset().union(*(secrets_of(kind) for kind in catalog().kinds)))


@pytest.fixture(scope="module")
def images(project: Project, production_images: dict[str, str], cold_development_build: Done) -> list[str]:
    """Every image of both services."""
    return [*production_images.values(), *(f"{project.slug}-{name}:development" for name in production_images)]


def test_the_builds_have_used_the_secrets(
    cold_build: Done, cold_development_build: Done, build_secrets: BuildSecrets
) -> None:
    assert used(cold_build) == set(build_secrets.ids.values())
    # What development does not download itself, it has from the stage before it.
    assert used(cold_development_build) <= set(build_secrets.ids.values())
    assert used(cold_development_build)


def test_no_layer_holds_a_secret(images: list[str], build_secrets: BuildSecrets, tmp_path: Path) -> None:
    find_no_secret(images, build_secrets, tmp_path)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_layer_of_a_kind_that_can_use_it_holds_a_secret(secret: str, template: Path, tmp_path: Path) -> None:
    """Every secret, in the production image of a service that needs nothing else.

    Development images compile their tools too, which takes some languages minutes.
    """
    kinds = [kind for kind in catalog().kinds.values() if secret in secrets_of(kind.name)]
    kind = min(kinds, key=lambda kind: len(kind.stores)).name
    slug = f"slipway-secret-{uuid.uuid4().hex[:8]}"
    data = {"project_slug": slug, "preset": "custom", "services": f"alone:{kind}"}
    project = Project(copying.copy(template, tmp_path / "project", data), slug, STRANGER)
    (tmp_path / "secrets").mkdir()
    given = build_secrets_of(project, tmp_path / "secrets")
    try:
        built = project.bake("--no-cache", *given.arguments, "alone", seconds=1500)
        assert used(built) == {frozenset({secret})}
        find_no_secret([project.image("alone")], given, tmp_path)
    finally:
        remove(slug)


def used(done: Done) -> set[frozenset[str]]:
    """Return which secrets each service's commands, as far as they ran, were given."""
    found: dict[str, set[str]] = {}
    for step in executed(done.output):
        ids = re.findall(r"--mount=type=secret,id=(\w+)", step.command)
        found.setdefault(step.target, set()).update(ids)
    return {frozenset(ids) for ids in found.values() if ids}


def find_no_secret(images: list[str], build_secrets: BuildSecrets, tmp_path: Path) -> None:
    """Look for the password in all that images are made of, and in how they were made."""
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
