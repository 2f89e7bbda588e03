"""What Kustomize takes together, without Kustomize: the objects of a folder before names and patches are changed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

# Groups and plural names of the kinds that the manifests have; RBAC knows objects by these.
RESOURCES = {
    "ConfigMap": ("", "configmaps"),
    "Deployment": ("apps", "deployments"),
    "Gateway": ("gateway.networking.k8s.io", "gateways"),
    "HTTPRoute": ("gateway.networking.k8s.io", "httproutes"),
    "HorizontalPodAutoscaler": ("autoscaling", "horizontalpodautoscalers"),
    "Ingress": ("networking.k8s.io", "ingresses"),
    "Namespace": ("", "namespaces"),
    "NetworkPolicy": ("networking.k8s.io", "networkpolicies"),
    "PersistentVolumeClaim": ("", "persistentvolumeclaims"),
    "PodDisruptionBudget": ("policy", "poddisruptionbudgets"),
    "Role": ("rbac.authorization.k8s.io", "roles"),
    "RoleBinding": ("rbac.authorization.k8s.io", "rolebindings"),
    "Secret": ("", "secrets"),
    "Service": ("", "services"),
    "ServiceAccount": ("", "serviceaccounts"),
    "StatefulSet": ("apps", "statefulsets"),
}


def objects(manifests: Mapping[str, list[Any]], folder: str) -> Iterator[Any]:
    """Yield every object of a folder, from all that it names; generated ones with `files` or `literals` in place of data."""
    (settings,) = manifests[f"{folder}/kustomization.yaml"]
    for name in (*settings.get("resources", ()), *settings.get("components", ())):
        path = posixpath.normpath(f"{folder}/{name}")
        if path in manifests:
            yield from manifests[path]
        else:
            yield from objects(manifests, path)
    for kind in ("ConfigMap", "Secret"):
        for item in settings.get(f"{kind[0].lower()}{kind[1:]}Generator", ()):
            rest = {key: value for key, value in item.items() if key != "name"}
            yield {"kind": kind, "metadata": {"name": item["name"]}, **rest}
