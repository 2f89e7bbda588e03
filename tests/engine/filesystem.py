"""Images as they are stored: every layer, and the file system that they make together."""

from __future__ import annotations

import contextlib
import gzip
import json
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

from engine.commands import docker

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Entry:
    """A file, folder or link; `layer` counts from the first layer of the base image."""

    path: str
    kind: str
    mode: int
    uid: int
    gid: int
    size: int
    layer: int
    start: bytes

    def writable_by(self, uid: int, gid: int) -> bool:
        """Whether a process of this user, which has no capabilities, can write to it."""
        if self.kind == "link":
            return False
        if self.uid == uid:
            return bool(self.mode & stat.S_IWUSR)
        return bool(self.mode & (stat.S_IWGRP if self.gid == gid else stat.S_IWOTH))

    @property
    def executable(self) -> bool:
        return self.kind == "file" and bool(self.mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH))

    @property
    def program(self) -> bool:
        """Whether the kernel can run it: a script that says by what, or an ELF file."""
        return self.start.startswith((b"#!", b"\x7fELF"))


@dataclass(frozen=True)
class Image:
    """An image: its configuration, the number of layers of what it is built from, and its files by path."""

    config: dict[str, Any]
    base_layers: int
    sizes: tuple[int, ...]
    files: dict[str, Entry]

    @property
    def own(self) -> list[Entry]:
        """What the Dockerfile added to its base, or changed in it."""
        return [entry for entry in self.files.values() if entry.layer >= self.base_layers]

    @property
    def user(self) -> tuple[int, int]:
        uid, _, gid = self.config["config"]["User"].partition(":")
        return int(uid), int(gid)


@contextlib.contextmanager
def saved(image: str, folder: Path) -> Iterator[tarfile.TarFile]:
    """Open what `docker save` writes."""
    file = folder / "image.tar"
    docker("image", "save", "--output", str(file), image)
    try:
        with tarfile.open(file) as archive:
            yield archive
    finally:
        file.unlink()


def opened(archive: tarfile.TarFile, name: str) -> IO[bytes] | gzip.GzipFile:
    """Return a blob's content, unpacked."""
    blob = archive.extractfile(name)
    assert blob is not None
    packed = blob.read(2) == _GZIP
    blob.seek(0)
    return gzip.GzipFile(fileobj=blob) if packed else blob


def read(image: str, base: str, folder: Path) -> Image:
    """Read an image that is built from `base`."""
    bottom = layers(base)
    assert layers(image)[: len(bottom)] == bottom, f"{image} is not built from {base}"
    files: dict[str, Entry] = {}
    sizes = []
    with saved(image, folder) as archive:
        with opened(archive, "manifest.json") as stream:
            (manifest,) = json.load(stream)
        with opened(archive, manifest["Config"]) as stream:
            config = json.load(stream)
        for number, name in enumerate(manifest["Layers"]):
            with opened(archive, name) as stream, tarfile.open(fileobj=stream, mode="r|") as layer:
                sizes.append(_lay(files, layer, number))
    return Image(config, len(bottom), tuple(sizes), files)


def layers(image: str) -> list[str]:
    """Return the digest of every layer's content; `scratch`, which no engine lists, has none."""
    if image == "scratch":
        return []
    found: list[str] = json.loads(docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", image))
    return found


def _lay(files: dict[str, Entry], layer: tarfile.TarFile, number: int) -> int:
    """Put a layer over the files below it, and return the bytes in its files."""
    size = 0
    for member in layer:
        path = PurePosixPath("/", member.name)
        if path.name == _OPAQUE:
            _remove(files, f"{path.parent}/", number)
        elif path.name.startswith(_WHITEOUT):
            gone = str(path.with_name(path.name.removeprefix(_WHITEOUT)))
            files.pop(gone, None)
            _remove(files, f"{gone}/", number)
        else:
            kind = "file" if member.isreg() or member.islnk() else "folder" if member.isdir() else "link"
            start = b""
            if member.isreg():
                size += member.size
                stream = layer.extractfile(member)
                start = stream.read(4) if stream else b""
            elif member.islnk():
                start = files[str(PurePosixPath("/", member.linkname))].start
            entry = Entry(str(path), kind, member.mode, member.uid, member.gid, member.size, number, start)
            below = files.get(entry.path)
            # A layer repeats the folders that its files are in.
            if not (below and kind == "folder" and replace(below, layer=number) == entry):
                files[entry.path] = entry
    return size


def _remove(files: dict[str, Entry], below: str, number: int) -> None:
    for path in [path for path, entry in files.items() if path.startswith(below) and entry.layer < number]:
        del files[path]
