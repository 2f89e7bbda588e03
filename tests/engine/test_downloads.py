"""A package that cannot be downloaded is asked for again three times, ever later, and then named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.commands import Done
from engine.failing_index import HOST, FailingIndex
from engine.project import Project

Packages = dict[str, list[tuple[str, str]]]


def locked(project: Project, service: str) -> Packages:
    """Return version and digest of each package that a service is built from."""
    folder = project.path(service)
    found: Packages = {}
    if service == "backend":
        text = (folder / "requirements.txt").read_text()
        entry = r"^([a-z0-9-]+)(?:\[.*?\])?==(\S+).*\n\s+--hash=sha256:(\w+)"
        for name, version, digest in re.findall(entry, text, re.MULTILINE):
            found.setdefault(name, []).append((version, digest))
    else:
        for path, package in json.loads((folder / "package-lock.json").read_text())["packages"].items():
            if path:
                found.setdefault(path.rpartition("node_modules/")[2], []).append((package["version"], ""))
    return found


def build(project: Project, service: str, index: FailingIndex, folder: Path) -> Done:
    """Build as far as the dependencies, with an index of one's own."""
    npmrc = folder / "npmrc"
    # No cache but this one, and npm's own times divided by a hundred.
    npmrc.write_text(f"registry={index.url}/\ncache=/tmp/npm\nfetch-retry-mintimeout=100\nfetch-retry-maxtimeout=600\n")
    secret = {"backend": "id=uv_default_index,env=INDEX", "frontend": f"id=npmrc,src={npmrc}"}[service]
    target = {"target": "dependencies", "no-cache-filter": ["dependencies"], "secret": [secret]}
    file = folder / "index.json"
    file.write_text(json.dumps({"target": {service: {**target, "extra-hosts": {HOST: "host-gateway"}}}}))
    command = ("docker", "buildx", "bake", "--file", "docker-bake.hcl", "--file", str(file), "--progress", "plain")
    return project.run(*command, f"--allow=fs.read={npmrc}", service, given={"INDEX": f"{index.url}/simple"})


@pytest.mark.parametrize("service", ["backend", "frontend"])
@pytest.mark.parametrize(
    ("pages", "hang_up"), [(False, False), (False, True), (True, False)], ids=["file 503", "file cut off", "page 503"]
)
def test_a_download_is_tried_four_times_and_then_named(
    project: Project, cold_build: Done, tmp_path: Path, service: str, pages: bool, hang_up: bool
) -> None:
    packages = locked(project, service)
    with FailingIndex(packages, pages=pages, hang_up=hang_up) as index:
        done = build(project, service, index, tmp_path)
    assert done.code
    failed = set(re.findall(rf"{index.url}(/[^\s)]+)", done.output))
    tried = {path: times for path, times in index.asked.items() if path in failed}
    assert [len(times) for times in tried.values()] == [4], "not three times more, or nothing is named"
    (path, times) = next(iter(tried.items()))
    assert times[-1] - times[0] > 0.5, "it did not wait"
    name = path.removeprefix("/simple/").strip("/") if pages else wheel_or_tarball(path, packages)
    versions = {version for version, _ in packages[name]}
    if not pages:
        assert any(version in path for version in versions)
    # The stage is named by the build, and the rest by what looks at it afterwards.
    assert re.search(r"> \[(backend |frontend )?dependencies \d/\d\] RUN", done.output)
    explained = project.run("python3", "-m", "ops", "explain").output
    assert f"stage dependencies of {service} failed in: RUN" in explained
    if pages:
        assert any(f"{name} {version} could not be fetched" in explained for version in versions)
    else:
        assert path.rpartition("/")[2] in explained


def wheel_or_tarball(path: str, packages: Packages) -> str:
    """Return the package that a file is of."""
    if "/-/" in path:
        return path.partition("/-/")[0].strip("/")
    return path.rpartition("/")[2].partition("-")[0].replace("_", "-")
