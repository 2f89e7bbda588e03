"""A Kubernetes control plane on this machine: its own programs, with kwok in place of nodes.

The API server validates, admits and authorises as any other; controllers and the scheduler make and place pods; kwok
says of each that it runs. What only a container can show is what tests/engine is for.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.ports import free_ports
from support.render import ROOT
from support.waiting import until

# Tests have a home of their own, but Go's modules are in the user's.
OWN_HOME = str(Path.home())
BIN = ROOT / ".venv" / "bin"
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok")
TOKEN = "administrator"  # noqa: S105 - of a server that only this machine reaches, and only while tests run
NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {"name": "node", "annotations": {"kwok.x-k8s.io/node": "fake"}},
    "status": {"allocatable": {"cpu": 64, "memory": "256Gi", "pods": 500, "nvidia.com/gpu": 8}},
}


# How long kwok says that pods take to start: not at all.
STAGES = ("node/fast/node-initialize", "pod/fast/pod-ready", "pod/fast/pod-complete", "pod/fast/pod-delete")


def what_is_missing() -> str | None:
    """Return why there can be no cluster here, in one sentence."""
    absent = [name for name in PROGRAMS if not (BIN / name).exists()]
    if absent:
        return f"not in .venv/bin: {', '.join(absent)} (`make .venv/.cluster` builds them where Go is installed)"
    absent = [name for name in ("go", "openssl") if not shutil.which(name)]
    return f"not installed: {', '.join(absent)}" if absent else None


@dataclass(frozen=True)
class Cluster:
    """A control plane that runs; `kubeconfig` has the context `administrator`, and those that tests add."""

    folder: Path
    server: str

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    def kubectl(self, *arguments: str, given: str = "", context: str = TOKEN, check: bool = True) -> str:
        """Return what kubectl prints; AssertionError with its own words when it fails, unless `check` is off."""
        done = subprocess.run(
            [BIN / "kubectl", "--kubeconfig", self.kubeconfig, "--context", context, *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not check or not done.returncode, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout if check else done.stdout + done.stderr

    def get(self, *arguments: str) -> list[dict[str, Any]]:
        """Return objects, such as `get("pods", "--namespace", "default")`."""
        found: list[dict[str, Any]] = json.loads(self.kubectl("get", *arguments, "--output", "json"))["items"]
        return found

    def apply(self, *objects: dict[str, Any]) -> None:
        """Apply objects as the administrator."""
        self.kubectl("apply", "--server-side", "--filename", "-", given="\n---\n".join(map(json.dumps, objects)))

    def log_in(self, context: str, token: str) -> None:
        """Add a context whose user has this token."""
        config = ["config", "--kubeconfig", str(self.kubeconfig)]
        for command in (
            ["set-credentials", context, f"--token={token}"],
            ["set-context", context, "--cluster=test", f"--user={context}"],
        ):
            subprocess.run([BIN / "kubectl", *config, *command], check=True, capture_output=True)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """Start all of it and stop it again; what it logs and stores is in `folder`."""
    etcd, peers, api, controllers, scheduler = free_ports(5)
    cluster = Cluster(folder, f"https://127.0.0.1:{api}")
    key = folder / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    (folder / "tokens.csv").write_text(f"{TOKEN},{TOKEN},1,system:masters\n")
    with contextlib.ExitStack() as programs:
        programs.enter_context(
            _program(
                folder,
                "etcd",
                f"--data-dir={folder / 'etcd'}",
                f"--listen-client-urls=http://127.0.0.1:{etcd}",
                f"--advertise-client-urls=http://127.0.0.1:{etcd}",
                f"--listen-peer-urls=http://127.0.0.1:{peers}",
                f"--initial-advertise-peer-urls=http://127.0.0.1:{peers}",
                f"--initial-cluster=default=http://127.0.0.1:{peers}",
                # Nothing in it has to outlive the tests.
                "--unsafe-no-fsync",
            )
        )
        programs.enter_context(
            _program(
                folder,
                "kube-apiserver",
                f"--etcd-servers=http://127.0.0.1:{etcd}",
                "--bind-address=127.0.0.1",
                f"--secure-port={api}",
                f"--cert-dir={folder / 'certificates'}",
                f"--token-auth-file={folder / 'tokens.csv'}",
                "--authorization-mode=RBAC",
                "--service-account-issuer=https://kubernetes.default.svc",
                f"--service-account-key-file={key}",
                f"--service-account-signing-key-file={key}",
                "--service-cluster-ip-range=10.96.0.0/16",
            )
        )
        certificate = folder / "certificates" / "apiserver.crt"
        until("the API server has a certificate", certificate.exists, seconds=90)
        cluster.kubeconfig.write_text(json.dumps(_configuration(cluster.server, certificate)))
        until(
            "the API server is ready",
            lambda: "ok" in cluster.kubectl("get", "--raw", "/readyz", check=False),
            seconds=90,
        )
        options = [f"--kubeconfig={cluster.kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1"]
        programs.enter_context(
            _program(
                folder,
                "kube-controller-manager",
                *options,
                f"--secure-port={controllers}",
                f"--service-account-private-key-file={key}",
                # The simulated node sends no signs of life.
                "--node-monitor-grace-period=24h",
            )
        )
        programs.enter_context(_program(folder, "kube-scheduler", *options, f"--secure-port={scheduler}"))
        stages = module("sigs.k8s.io/kwok") / "kustomize" / "stage"
        programs.enter_context(
            _program(
                folder,
                "kwok",
                f"--kubeconfig={cluster.kubeconfig}",
                "--manage-all-nodes=true",
                *(f"--config={stages / stage}.yaml" for stage in STAGES),
            )
        )
        cluster.apply(NODE)
        until("the node is ready", lambda: "True" in cluster.kubectl("get", "nodes", "--output", READY), seconds=90)
        yield cluster


def module(name: str) -> Path:
    """Return the folder of a Go module that tools/cluster asks for."""
    done = subprocess.run(
        ["go", "mod", "download", "-json", name],
        cwd=ROOT / "tools" / "cluster",
        env={**os.environ, "HOME": OWN_HOME},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr
    return Path(json.loads(done.stdout)["Dir"])


READY = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}"


def _configuration(server: str, certificate: Path) -> dict[str, Any]:
    """Return what a kubeconfig of the administrator says; JSON is YAML."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": {"server": server, "certificate-authority": str(certificate)}}],
        "users": [{"name": TOKEN, "user": {"token": TOKEN}}],
        "contexts": [{"name": TOKEN, "context": {"cluster": "test", "user": TOKEN}}],
        "current-context": TOKEN,
    }


@contextlib.contextmanager
def _program(folder: Path, name: str, *arguments: str) -> Iterator[None]:
    """Run a program for as long as the context lasts; its log is a file of that name."""
    log = folder / f"{name}.log"
    with log.open("wb") as stream, subprocess.Popen([BIN / name, *arguments], stdout=stream, stderr=stream) as process:
        try:
            yield
        finally:
            ended = process.poll()
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
            if ended is not None:
                print(f"{name} had ended with {ended}:\n{log.read_text(errors='replace')[-2000:]}")
