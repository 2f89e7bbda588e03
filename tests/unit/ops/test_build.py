from __future__ import annotations

import argparse
from pathlib import Path
from types import SimpleNamespace

import pytest
from ops import stack
from ops.commands import build
from ops.errors import OpsError


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(stack, "load", lambda: SimpleNamespace(services={}))
    for name in build.SHARED:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "docker-bake.hcl").touch()
    return tmp_path


def test_a_build_reads_what_compose_reads(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build.variables().keys() <= {"REVISION"}
    (root / ".env").write_text(
        "REGISTRY=old.example\nREGISTRY='registry.example/x'\nTAG=1.2.3\nCACHE=\nLOG_LEVEL=debug\n"
    )
    found = build.variables()
    found.pop("REVISION", None)
    assert found == {"REGISTRY": "registry.example/x", "TAG": "1.2.3"}
    # As with Compose, the environment counts more, unless it is empty.
    monkeypatch.setenv("TAG", "2.0.0")
    monkeypatch.setenv("REGISTRY", "")
    assert (build.variables()["REGISTRY"], build.variables()["TAG"]) == ("registry.example/x", "2.0.0")


@pytest.mark.parametrize(("tag", "publish"), [("a b", False), ("-x", True), ("x" * 129, False), (None, True)])
def test_what_no_image_can_be_tagged_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, tag: str | None, publish: bool
) -> None:
    if tag:
        monkeypatch.setenv("TAG", tag)
    with pytest.raises(OpsError, match=f"'{tag}' cannot be the tag" if tag else "say which version"):
        build.run(argparse.Namespace(services=[], publish=publish))


def test_the_users_own_file_is_merged_last(root: Path) -> None:
    assert build.command() == ["docker", "buildx", "bake", "--file", "docker-bake.hcl"]
    (root / "docker-bake.override.hcl").touch()
    assert build.command()[-2:] == ["--file", "docker-bake.override.hcl"]
