"""Manifests fit the schemas of the newest versions of Kubernetes, and kustomize builds each overlay."""

from __future__ import annotations

import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate.utils
import pytest
import yaml
from kubernetes_validate import ValidationError

from support.corpus import Project, distinct_trees, projects, write_all
from support.render import File
from support.tools import failures, need


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as Kubernetes reads it: a lone `=` is text."""


Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: loader.construct_scalar(node))

# Kinds that are not Kubernetes' own have schemas of their own, which that package does not know.
OWN_GROUPS = (
    "",
    "apps",
    "autoscaling",
    "batch",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
)


def newest(count: int) -> list[str]:
    """Return the newest versions of Kubernetes that kubernetes-validate knows."""
    found: list[str] = kubernetes_validate.utils.all_versions()
    return found[-count:]


@functools.cache
def overlays(root: Path) -> tuple[Path, ...]:
    """Write every distinct `deploy/kubernetes` with secrets of its own, and return its overlays."""

    def roots(project: Project) -> list[str]:
        return ["deploy/kubernetes"] if any(path.startswith("deploy/kubernetes/") for path in project.files) else []

    trees = distinct_trees(roots, lambda path: path.endswith(".yaml"))
    found = []
    for name, tree in trees.items():
        write_all({f"{name}/{path}": file for path, file in tree.items()}, root)
        for overlay in sorted((root / name / "overlays").iterdir()):
            settings = yaml.load((overlay / "kustomization.yaml").read_text(), Loader=Loader)  # noqa: S506 - a safe loader
            for generator in settings.get("secretGenerator", ()):
                for secret in generator["files"]:
                    (overlay / secret).parent.mkdir(exist_ok=True)
                    (overlay / secret).write_text("value")
            found.append(overlay)
    return tuple(found)


@pytest.fixture(scope="module", autouse=True)
def _cached_schemas() -> Iterator[None]:
    """Read each schema once: kubernetes-validate reads all of them anew for every resource."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("schema_contents", "all_versions"):
            patch.setattr(kubernetes_validate.utils, name, functools.cache(getattr(kubernetes_validate.utils, name)))
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kubernetes")


def resources() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every distinct resource that stands in a file."""
    seen: set[bytes] = set()
    for project in projects():
        for path, file in project.files.items():
            if path.startswith("deploy/kubernetes/") and path.endswith(".yaml") and file.content not in seen:
                seen.add(file.content)
                yield from ((path, document) for document in parsed(file) if document)


def parsed(file: File) -> Iterator[Any]:
    yield from yaml.load_all(file.text, Loader=Loader)


@pytest.mark.parametrize("version", newest(3))
def test_resources_fit_the_schema(version: str) -> None:
    checked = 0
    for path, resource in resources():
        group = resource["apiVersion"].rpartition("/")[0]
        if group not in OWN_GROUPS:
            continue
        try:
            kubernetes_validate.validate(resource, version, strict=True)
        except ValidationError as error:
            pytest.fail(f"{path}: {resource['kind']} {resource['metadata']['name']}: {error.message} at {error.path}")
        checked += 1
    assert checked


def test_kustomize_builds_each_overlay(root: Path) -> None:
    kubectl = need("kubectl", "install it to build the overlays")

    def build(overlay: Path) -> str:
        done = subprocess.run([kubectl, "kustomize", str(overlay)], capture_output=True, text=True, check=False)
        if done.returncode:
            return done.stderr
        made = list(yaml.load_all(done.stdout, Loader=Loader))
        names = [(r["apiVersion"], r["kind"], r["metadata"]["name"]) for r in made]
        return (
            "" if names and len(set(names)) == len(names) else f"{overlay}: a resource stands twice, or there is none"
        )

    said = failures(build, overlays(root))
    assert not said, "\n".join(said)
