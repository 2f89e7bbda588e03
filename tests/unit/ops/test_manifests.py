from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from ops.errors import OpsError
from ops.process import Result

from support.tools import need


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


# What people write by hand may hold any text; `words` is a Secret that no generator made.
OWN = """\
apiVersion: v1
kind: Secret
metadata: {name: words, annotations: {note: "kind: Secret"}}
immutable: true
stringData:
  block: |
    first-value

    ---
    data:
      inner: deep-value
  "odd key": "quoted: value that is so long that it is folded, and goes on and on and on and on and on to its long-end"
  folded: >-
    folded-value
    second-value
  spaced: "  spaced-value"
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  text: |
    kind: Secret
    data:
      seen: seen-value
"""


def test_no_value_of_a_secret_is_printed(manifests: ModuleType, tmp_path: Path) -> None:
    """What is printed ends in the log of a workflow, and base64 hides nothing."""
    long = "a-long-value " * 30 + "\nwith\n---\nlines\n"
    (tmp_path / "long").write_text(long)
    (tmp_path / "own.yaml").write_text(OWN)
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [own.yaml]\nsecretGenerator: [{name: made, files: [long], literals: [short=word]}]\n"
    )
    command = [need("kubectl", "https://kubernetes.io/docs/tasks/tools/"), "kustomize", str(tmp_path)]
    given = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    shown = manifests.without_values(given)
    values = ("first-value", "deep-value", "long-end", "folded-value", "second-value", "spaced-value")
    coded = [base64.b64encode(long.encode()).decode()[start : start + 40] for start in (0, 80, 160)]
    for value in (*values, *coded, "d29yZA=="):
        assert value not in shown
    assert all(value in given for value in (*values, coded[0], "d29yZA=="))
    hidden = {line.strip() for line in shown.splitlines() if manifests.HIDDEN in line}
    keys = ("block", "odd key", "folded", "spaced", "long", "short")
    assert hidden == {f"{key}: {manifests.HIDDEN}" for key in keys}
    for kept in ("name: words", "note: 'kind: Secret'", "name: made-", "immutable: true", "type: Opaque", "seen-value"):
        assert kept in shown
