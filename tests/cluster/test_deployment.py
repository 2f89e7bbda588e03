"""The generated repository deploys itself with its own commands, and a deployment replaces what it must and no more."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cluster.control_plane import BIN, Cluster
from support import copying
from support.waiting import until

NAMESPACE = "my-app-production"
OVERLAY = "deploy/kubernetes/overlays/production"


class Repository:
    """A generated repository whose deployer is logged in to the cluster."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self.folder, self.cluster = folder, cluster

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a task; what it prints comes in `stdout`."""
        environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
            "KUBECONFIG": str(self.cluster.kubeconfig),
        }
        return subprocess.run(
            ["make", *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )

    def deploy(self, tag: str) -> str:
        """Deploy a version to production, as the account that may do nothing else."""
        done = self.make("deploy-kubernetes", "environment=production", f"TAG={tag}", "context=deployer")
        assert not done.returncode, done.stdout
        return done.stdout

    def pods(self) -> dict[str, set[str]]:
        """Return the identities of the pods of each service and store; what is on its way out does not count."""
        found: dict[str, set[str]] = {}
        for pod in self.cluster.get("pods", "--namespace", NAMESPACE):
            if "deletionTimestamp" not in pod["metadata"]:
                name = pod["metadata"]["labels"]["app.kubernetes.io/name"]
                found.setdefault(name, set()).add(pod["metadata"]["uid"])
        return found

    def settled(self) -> dict[str, set[str]]:
        """Return the pods once each service has as many as it wants."""
        wanted = {"backend": 2, "frontend": 2, "postgres": 1, "redis": 1}

        def all_there() -> dict[str, set[str]] | None:
            pods = self.pods()
            return pods if {name: len(ids) for name, ids in pods.items()} == wanted else None

        pods, _ = until("every old pod is gone", all_there, seconds=60)
        return pods


@pytest.fixture(scope="module")
def repository(cluster: Cluster, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return the default repository, deployed to production once."""
    made = Repository(copying.copy(template, tmp_path_factory.mktemp("repository") / "my-app"), cluster)
    cluster.kubectl("apply", "--server-side", "--kustomize", str(made.folder / OVERLAY / "bootstrap"))
    cluster.log_in("deployer", cluster.kubectl("create", "token", "deployer", "--namespace", NAMESPACE).strip())
    done = made.make("secrets")
    assert not done.returncode, done.stdout
    made.deploy("1.2.3")
    return made


@pytest.fixture
def running(repository: Repository) -> Iterator[dict[str, set[str]]]:
    """Return the pods that run version 1.2.3 with the settings of the repository, and bring that back in the end."""
    yield repository.settled()
    repository.deploy("1.2.3")
    repository.settled()


def test_everything_runs(repository: Repository, cluster: Cluster) -> None:
    repository.settled()
    for pod in cluster.get("pods", "--namespace", NAMESPACE):
        assert pod["status"]["phase"] == "Running"
        for container in pod["spec"]["containers"]:
            assert container["imagePullPolicy"] == "IfNotPresent"
    events = cluster.get("events", "--namespace", NAMESPACE, "--field-selector", "type=Warning")
    # Nobody measures what simulated pods use.
    said = [event["message"] for event in events if not event["reason"].startswith("FailedGet")]
    assert [text for text in said if "forbidden" in text or "violates" in text or "invalid" in text] == []


def test_pods_that_are_less_restricted_are_refused(repository: Repository, cluster: Cluster) -> None:
    refused = cluster.kubectl("run", "root", "--image=busybox", "--namespace", NAMESPACE, check=False)
    assert 'violates PodSecurity "restricted' in refused


def test_the_deployer_may_only_deploy(repository: Repository, cluster: Cluster) -> None:
    ask = partial(cluster.kubectl, "auth", "can-i", context="deployer", check=False)
    assert ask("patch", "deployments", "--namespace", NAMESPACE).strip() == "yes"
    for question in (
        ("create", "rolebindings", "--namespace", NAMESPACE),
        ("patch", f"namespaces/{NAMESPACE}"),
        ("get", "secrets", "--namespace", "kube-system"),
        ("create", "pods/exec", "--namespace", NAMESPACE),
    ):
        assert ask(*question).startswith("no"), question


def test_the_same_again_changes_nothing(repository: Repository, running: dict[str, set[str]]) -> None:
    repository.deploy("1.2.3")
    assert repository.settled() == running


def test_a_new_version_replaces_services_without_a_gap(
    repository: Repository, running: dict[str, set[str]], cluster: Cluster
) -> None:
    seen: list[dict[str, Any]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.extend(cluster.get("deployments", "--namespace", NAMESPACE))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        repository.deploy("1.2.4")
    finally:
        done.set()
        watcher.join()
    assert {item["metadata"]["name"] for item in seen} == {"backend", "frontend"}
    assert any(item["status"].get("updatedReplicas", 0) < 2 for item in seen), "the change itself was not seen"
    assert min(item["status"].get("availableReplicas", 0) for item in seen) >= 2
    after = repository.settled()
    assert not after["backend"] & running["backend"]
    assert not after["frontend"] & running["frontend"]
    assert (after["postgres"], after["redis"]) == (running["postgres"], running["redis"])


def test_a_changed_setting_replaces_those_who_read_it(repository: Repository, running: dict[str, set[str]]) -> None:
    overlay = repository.folder / OVERLAY / "kustomization.yaml"
    before = overlay.read_text()
    try:
        # The first is the backend's.
        overlay.write_text(before.replace("LOG_LEVEL=info", "LOG_LEVEL=debug", 1))
        repository.deploy("1.2.3")
        after = repository.settled()
    finally:
        overlay.write_text(before)
    assert not after.pop("backend") & running.pop("backend")
    assert after == running


def test_a_changed_secret_replaces_those_who_use_it(repository: Repository, running: dict[str, set[str]]) -> None:
    secret = repository.folder / OVERLAY / "secrets" / "backend_redis_password"
    before = secret.read_text()
    try:
        secret.write_text("another-password")
        repository.deploy("1.2.3")
        after = repository.settled()
    finally:
        secret.write_text(before)
    for name in ("backend", "redis"):
        assert not after.pop(name) & running.pop(name)
    assert after == running


def test_a_rollback_brings_the_version_before_back(
    repository: Repository, running: dict[str, set[str]], cluster: Cluster
) -> None:
    repository.deploy("1.2.4")
    workload = ("deployment/backend", "--namespace", NAMESPACE)
    cluster.kubectl("rollout", "undo", *workload, context="deployer")
    cluster.kubectl("rollout", "status", *workload, "--timeout=60s", context="deployer")
    repository.settled()
    images = {
        pod["spec"]["containers"][0]["image"]
        for pod in cluster.get("pods", "--namespace", NAMESPACE, "--selector", "app.kubernetes.io/name=backend")
        if "deletionTimestamp" not in pod["metadata"]
    }
    assert images == {"ghcr.io/acme/my-app-backend:1.2.3"}
    # Kubernetes then takes the image for somebody else's, but the next version is deployed all the same.
    repository.deploy("1.2.5")


def test_a_version_that_does_not_start_is_said_to(repository: Repository, running: dict[str, set[str]]) -> None:
    """The limit of five minutes is what a user waits for; here the deployment itself gives up sooner."""
    local = repository.folder / OVERLAY / "local" / "kustomization.yaml"
    before = local.read_text()
    patch = [
        "patches:",
        "  - target: {kind: Deployment, name: backend}",
        "    patch: |",
        "      - {op: replace, path: /spec/progressDeadlineSeconds, value: 10}",
        "      - {op: add, path: /spec/template/spec/nodeSelector, value: {there-is-none: such}}",
    ]
    try:
        local.write_text(before + "\n".join(["", *patch, ""]))
        done = repository.make("deploy-kubernetes", "environment=production", "TAG=1.2.5", "context=deployer")
        assert done.returncode
        assert "deployment/backend did not become ready; why: kubectl --context deployer" in done.stdout
        assert repository.pods()["backend"] >= running["backend"], "what served before is gone"
    finally:
        local.write_text(before)
