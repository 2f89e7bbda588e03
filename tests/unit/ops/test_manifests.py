from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from ops.errors import OpsError
from ops.process import Result


@pytest.fixture
def manifests(command: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = command("manifests")
    monkeypatch.setattr(module.process, "run", lambda _: Result(0, "somewhere\n", ""))
    return module


def test_production_is_never_what_happens_to_be_current(manifests: ModuleType) -> None:
    assert manifests.cluster("staging", "") == "somewhere"
    assert manifests.cluster("staging", "here") == "here"
    assert manifests.cluster("production", "here") == "here"
    with pytest.raises(OpsError, match="context=somewhere"):
        manifests.cluster("production", "")


def test_images_are_where_compose_looks_for_them(
    manifests: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("REGISTRY", raising=False)
    monkeypatch.setattr(manifests, "ROOT", tmp_path)
    monkeypatch.setattr(manifests, "OVERLAYS", tmp_path / "overlays")
    monkeypatch.setattr(manifests.stack, "load", lambda: SimpleNamespace(registry="ghcr.io/acme"))

    def layer() -> str:
        folder: Path = manifests.write("staging", "1.2.3", {"backend": "demo-backend"})
        return (folder / "kustomization.yaml").read_text()

    assert '"ghcr.io/acme/demo-backend"' in layer()
    (tmp_path / ".env").write_text("REGISTRY=registry.example\n")
    assert '"registry.example/demo-backend"' in layer()


def test_a_rollback_by_hand_does_not_refuse_the_next_version(
    manifests: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What `kubectl rollout undo` has changed belongs to another field manager, which server-side apply respects."""
    given: list[list[str]] = []

    def run(command: list[str], **_: object) -> Result:
        given.append(command)
        return Result(0, '{"items": []}', "")

    monkeypatch.setattr(manifests, "ROOT", tmp_path)
    monkeypatch.setattr(manifests.process, "run", run)
    assert manifests.apply(tmp_path / "build", "here") == 0
    (applied,) = given
    assert {"--server-side", "--force-conflicts"} <= set(applied)
