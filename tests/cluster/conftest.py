"""One control plane for all tests that apply manifests; each works in namespaces of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.control_plane import Cluster, module, running, what_is_missing

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a cluster where there can be none."""
    mine = [item for item in items if HERE in item.path.parents]
    missing = what_is_missing() if mine else None
    for item in mine:
        if missing:
            item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Return a cluster that knows the Gateway API, as one that a repository is deployed to has to."""
    with running(tmp_path_factory.mktemp("cluster")) as made:
        gateway = module("sigs.k8s.io/gateway-api") / "config" / "crd" / "standard"
        made.kubectl("apply", "--server-side", "--filename", str(gateway))
        made.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
        # Claims are bound to these: nobody makes volumes here.
        made.apply(*(_volume(number) for number in range(20)))
        yield made


def _volume(number: int) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"volume-{number}"},
        "spec": {
            "accessModes": ["ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany"],
            "capacity": {"storage": "100Gi"},
            "hostPath": {"path": f"/tmp/volume-{number}"},
        },
    }
