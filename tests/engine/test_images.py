"""What is in a production image, and what is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from engine import filesystem
from engine.commands import docker
from engine.filesystem import Entry, Image
from engine.measure import record
from engine.project import Project

SERVICES = ("backend", "frontend")
# Bytes in files of the whole image, and of what the Dockerfile adds: the stand-in for nginx is much larger than Alpine's.
LIMITS = {"backend": (200_000_000, 100_000_000), "frontend": (200_000_000, 5_000_000)}
# Packages that only building and testing need, as their folder or file is called.
TOOLS = re.compile(
    r"/(s?bin|libexec|site-packages|node_modules)/"
    r"(npm|npx|node|yarn|pnpm|vite|vitest|eslint|typescript|tsc"
    r"|uv|uvx|pip|setuptools|wheel|_?pytest|coverage|ruff|mypy|debugpy|httpx"
    r"|gcc|cc|g\+\+|make|git|curl)([./-]|$)"
)
CACHES = re.compile(
    r"^/(root|home|tmp|var/tmp|var/cache|var/lib/apt|var/log|run)/.|/\.(cache|npm|config|local)(/|$)|\.(whl|log)$"
)
# What may be in a wheel is what the packages' authors put there; of the service's own there is only what runs.
ARTEFACTS = re.compile(
    r"^/(app|srv)/(.*/)?((tests?|coverage|node_modules|\.\w+)(/|$)|(Dockerfile|compose|tsconfig|package|requirements|pyproject))"
    r"|^/(app|srv)/.*\.(ts|tsx|map|c|h|o|a|orig|swp|bak)$"
)
# Debian has these for everybody; where the root file system is read-only, nobody can write there.
EVERYBODYS = {"/tmp", "/var/tmp", "/run/lock"}


@pytest.fixture(scope="module")
def images(
    project: Project, production_images: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Image]:
    """Every production image, read."""
    return {
        service: filesystem.read(image, base_of(project.path(service)), tmp_path_factory.mktemp("images"))
        for service, image in production_images.items()
    }


def base_of(folder: Path) -> str:
    """Return the image that a service's production stage stands on."""
    froms = {
        match["name"]: match["image"]
        for match in re.finditer(
            r"^FROM (?P<image>\S+) AS (?P<name>\S+)$", (folder / "Dockerfile").read_text(), re.MULTILINE
        )
    }
    image = "production"
    while image in froms:
        image = froms[image]
    return image


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def image(images: dict[str, Image], service: str) -> Image:
    return images[service]


def shown(entries: Iterator[Entry]) -> list[str]:
    return sorted(f"{entry.mode:04o} {entry.uid}:{entry.gid} {entry.path}" for entry in entries)


def test_it_is_small(image: Image, service: str) -> None:
    total, added = sum(image.sizes), sum(image.sizes[image.base_layers :])
    record(f"image.{service}", total / 1e6, "MB", added=round(added / 1e6, 2), files=len(image.own))
    assert total < LIMITS[service][0]
    assert added < LIMITS[service][1]


def test_it_runs_as_a_numeric_user_that_is_not_root(image: Image) -> None:
    uid, gid = image.user
    assert uid > 0
    assert gid > 0


def test_its_user_can_write_only_to_tmp(image: Image) -> None:
    writable = {entry.path for entry in image.files.values() if entry.writable_by(*image.user)}
    assert shown(entry for entry in image.own if entry.path in writable) == []
    from_base = {
        path for path in writable if not any(str(parent) in writable for parent in PurePosixPath(path).parents)
    }
    assert from_base <= EVERYBODYS


def test_what_it_adds_belongs_to_root_and_all_can_read_it(image: Image) -> None:
    assert shown(entry for entry in image.own if (entry.uid, entry.gid) != (0, 0)) == []
    needed = {"file": 0o444, "folder": 0o555, "link": 0}
    unreadable = (entry for entry in image.own if entry.mode & needed[entry.kind] != needed[entry.kind])
    assert shown(unreadable) == []


def test_only_programs_are_executable(image: Image) -> None:
    assert shown(entry for entry in image.own if entry.executable and not entry.program) == []
    # A library is loaded, never run.
    assert shown(entry for entry in image.own if entry.executable and ".so" in entry.path) == []


def test_it_adds_nothing_that_gives_rights(image: Image) -> None:
    assert shown(entry for entry in image.own if entry.kind == "file" and entry.mode & 0o7000) == []


@pytest.mark.parametrize("unwanted", [TOOLS, CACHES, ARTEFACTS], ids=["tools", "caches", "artefacts"])
def test_it_adds_nothing_that_only_building_needs(image: Image, unwanted: re.Pattern[str]) -> None:
    assert shown(entry for entry in image.own if unwanted.search(entry.path) and entry.kind != "folder") == []


def test_its_labels_say_what_it_is(image: Image, project: Project, service: str) -> None:
    labels = image.config["config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == f"{project.slug}-{service}"
    assert labels["org.opencontainers.image.version"] == "1.2.3"


# Loads every shared library, and imports the outermost modules of every distribution, below namespaces too.
LOAD_EVERYTHING = """
import ctypes, importlib, importlib.metadata, json, pathlib, sys
failed, loaded, imported = {}, 0, 0
for library in pathlib.Path(sys.prefix).rglob("*.so*"):
    try:
        ctypes.CDLL(str(library))
    except OSError as error:
        failed[str(library)] = str(error)
    loaded += 1
for distribution in importlib.metadata.distributions():
    files = [file for file in distribution.files or () if file.suffix in (".py", ".so") and ".." not in file.parts]
    packages = {file.parent for file in files if file.name == "__init__.py"}
    names = {".".join(package.parts) for package in packages if package.parent not in packages}
    names |= {file.name.split(".")[0] for file in files if len(file.parts) == 1}
    for name in sorted(names):
        try:
            importlib.import_module(name)
        except Exception as error:
            failed[name] = repr(error)
    imported += bool(names)
print(json.dumps({"loaded": loaded, "imported": imported, "failed": failed}))
"""


def test_every_library_that_python_needs_is_there(project: Project, production_images: dict[str, str]) -> None:
    printed = docker(
        "run", "--rm", "--read-only", "--network=none", production_images["backend"], "python", "-c", LOAD_EVERYTHING
    )
    found = json.loads(printed)
    assert found["failed"] == {}
    assert found["loaded"] > 10
    locked = re.findall(r"^[a-z0-9-]+==", project.path("backend/requirements.txt").read_text(), re.MULTILINE)
    # protobuf's descriptions of common messages lie in a namespace, without any package.
    assert found["imported"] >= len(locked) - 1


def test_the_site_adds_no_program_that_could_need_a_library(images: dict[str, Image]) -> None:
    assert shown(entry for entry in images["frontend"].own if entry.start.startswith(b"\x7fELF")) == []


def test_packages_are_those_that_are_locked(project: Project, images: dict[str, Image]) -> None:
    lock = project.path("backend/requirements.txt").read_text()
    locked = {name.replace("-", "_") for name in re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE)}
    found = {
        match[1].lower().replace("-", "_").replace(".", "_")
        for entry in images["backend"].own
        if (match := re.search(r"/site-packages/([^/]+)-[^/-]+\.dist-info/METADATA$", entry.path))
    }
    assert found == locked
