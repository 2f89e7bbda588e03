"""A real API server accepts the manifests of every preset and of every choice that changes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cluster.control_plane import Cluster
from support import copying
from support.catalog import catalog

# What else than a preset changes manifests.
ANSWERS: dict[str, dict[str, Any]] = {name: {"preset": name} for name in catalog().presets} | {
    "ingress": {"features": ["ingress"]},
    "gpu": {
        "preset": "custom",
        "services": [{"name": "vision", "kind": "python-ml", "gpu": True, "public": True, "replicas": 3}],
    },
}


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize("name", ANSWERS)
def test_manifests_are_accepted(cluster: Cluster, template: Path, tmp_path: Path, name: str, environment: str) -> None:
    slug = f"admission-{name}"
    folder = copying.copy(template, tmp_path / "project", {**ANSWERS[name], "project_slug": slug})
    overlay = folder / "deploy" / "kubernetes" / "overlays" / environment
    if not overlay.exists():
        assert not (folder / "deploy" / "kubernetes").exists()
        pytest.skip("none of it is deployed")
    for line in (overlay / "kustomization.yaml").read_text().splitlines():
        if "files: [secrets/" in line:
            file = overlay / line.partition("files: [")[2].partition("]")[0]
            file.parent.mkdir(exist_ok=True)
            file.write_text("a-secret")
    bootstrap = cluster.kubectl("apply", "--server-side", "--kustomize", str(overlay / "bootstrap"))
    assert "serverside-applied" in bootstrap
    context = f"{slug}-{environment}"
    cluster.log_in(context, cluster.kubectl("create", "token", "deployer", "--namespace", context).strip())
    said = cluster.kubectl("apply", "--server-side", "--dry-run=server", "--kustomize", str(overlay), context=context)
    assert said.count("serverside-applied (server dry run)") == len(said.splitlines()), said
