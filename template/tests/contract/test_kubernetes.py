"""What Kubernetes gets, as kubectl renders each overlay, agrees with the map."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.repository import DEPLOYED, ROOT, SECRETS, SERVICES, STACK, STORES

if "kubernetes" not in STACK["deploy"]:
    pytest.skip("this repository is not deployed to Kubernetes", allow_module_level=True)

TREE = ROOT / "deploy" / "kubernetes"
OVERLAYS = sorted(folder.name for folder in (TREE / "overlays").iterdir() if folder.is_dir())
Objects = dict[tuple[str, str], Any]


@pytest.fixture(scope="module", params=OVERLAYS)
def environment(request: pytest.FixtureRequest) -> str:
    """Each environment that has an overlay."""
    return str(request.param)


@pytest.fixture(scope="module")
def objects(environment: str, tmp_path_factory: pytest.TempPathFactory) -> Objects:
    """The objects of an overlay by kind and name, rendered from a copy with secrets of its own."""
    if shutil.which("kubectl") is None:
        if os.environ.get("CI"):
            pytest.fail("kubectl is not installed")
        pytest.skip("kubectl is not installed")
    copy = tmp_path_factory.mktemp(environment) / "kubernetes"
    shutil.copytree(TREE, copy, ignore=shutil.ignore_patterns("secrets"))
    folder = copy / "overlays" / environment
    (folder / "secrets").mkdir()
    for secret in SECRETS:
        (folder / "secrets" / secret).write_text("only for this test", encoding="utf-8")
    done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {(item["kind"], item["metadata"]["name"]): item for item in yaml.safe_load_all(done.stdout)}


def _pod(objects: Objects, name: str) -> Any:
    workload = objects.get(("Deployment", name)) or objects[("StatefulSet", name)]
    return workload["spec"]["template"]["spec"]


def _container(objects: Objects, name: str) -> Any:
    return next(item for item in _pod(objects, name)["containers"] if item["name"] == name)


def _variables(container: Any, objects: Objects) -> dict[str, str]:
    """Return what a container finds in its environment."""
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        found.update(objects[("ConfigMap", source["configMapRef"]["name"])]["data"])
    found.update({item["name"]: item["value"] for item in container.get("env", []) if "value" in item})
    return found


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_listens_where_its_pod_and_its_service_say(service: str, objects: Objects) -> None:
    port = SERVICES[service]["port"]
    container = _container(objects, service)
    assert container["ports"][0]["containerPort"] == port
    assert _variables(container, objects)["PORT"] == str(port)
    exposed = objects[("Service", service)]["spec"]["ports"][0]
    assert exposed["port"] == port
    assert exposed["targetPort"] in (port, container["ports"][0]["name"])


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_is_probed_at_the_paths_of_the_map(service: str, objects: Objects) -> None:
    container = _container(objects, service)
    health = SERVICES[service]["health"]
    probed = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert probed == {
        "startupProbe": health["live"],
        "livenessProbe": health["live"],
        "readinessProbe": health["ready"],
    }


@pytest.mark.parametrize("service", DEPLOYED)
def test_every_container_of_a_service_runs_its_image(service: str, objects: Objects) -> None:
    pod = _pod(objects, service)
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        assert container["image"].rpartition(":")[0] == f"{STACK['registry']}/{SERVICES[service]['image']}"


@pytest.mark.parametrize("store", STORES)
def test_a_store_runs_the_image_of_the_map(store: str, objects: Objects) -> None:
    assert ("StatefulSet", store) in objects
    assert _container(objects, store)["image"] == STORES[store]["image"]
    ports = objects[("Service", store)]["spec"]["ports"]
    expected = [STORES[store]["port"], *(end["port"] for end in STORES[store]["endpoints"])]
    assert [port["port"] for port in ports] == expected


@pytest.mark.parametrize("name", [*DEPLOYED, *STORES])
def test_a_pod_runs_as_the_user_of_the_map(name: str, objects: Objects) -> None:
    expected = {**SERVICES, **STORES}[name]["uid"]
    pod, container = _pod(objects, name), _container(objects, name)
    context = {**pod.get("securityContext", {}), **container.get("securityContext", {})}
    assert context["runAsUser"] == expected
    assert context["runAsNonRoot"] is True
    assert context["readOnlyRootFilesystem"] is True


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_gets_every_variable_of_the_map(service: str, objects: Objects, environment: str) -> None:
    found = _variables(_container(objects, service), objects)
    assert found["ENVIRONMENT"] == environment
    expected = SERVICES[service]["variables"]
    # Staging may say more in its logs.
    changed = {"LOG_LEVEL"} if environment == "staging" else set()
    assert {name: found.get(name) for name in expected if name not in changed} == {
        name: value for name, value in expected.items() if name not in changed
    }


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_gets_its_secrets_as_files_and_no_others(service: str, objects: Objects) -> None:
    given = _variables(_container(objects, service), objects)
    mine = SERVICES[service]["secrets"]
    expected = {f"{SECRETS[secret]['variable']}_FILE": f"/run/secrets/{secret}" for secret in mine}
    assert {name: value for name, value in given.items() if "/run/secrets/" in value} == expected
    assert not [item["variable"] for item in SECRETS.values() if item["variable"] in given]
    assert _mounted(objects, service) == set(mine)


@pytest.mark.parametrize("store", STORES)
def test_a_store_gets_its_own_secret_and_those_of_its_accounts(store: str, objects: Objects) -> None:
    used = {secret for secret, item in SECRETS.items() if secret.endswith(STORES[store]["secret"])}
    assert _mounted(objects, store) == used


def _mounted(objects: Objects, name: str) -> set[str]:
    """Return the files that a pod finds in /run/secrets."""
    files: set[str] = set()
    for volume in _pod(objects, name).get("volumes", []):
        for source in volume.get("projected", {}).get("sources", []):
            # A pod is replaced whenever a Secret of its changes, so it has none with more than it reads.
            assert source["secret"].keys() == {"name"}
            files |= objects[("Secret", source["secret"]["name"])]["data"].keys()
    return files


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_is_prepared_before_it_starts(service: str, objects: Objects) -> None:
    containers = _pod(objects, service).get("initContainers", [])
    commands = [container.get("command") or container.get("args") for container in containers]
    assert commands == ([SERVICES[service]["prepare"]] if SERVICES[service]["prepare"] else [])


@pytest.mark.parametrize("service", DEPLOYED)
def test_public_services_and_no_others_have_a_route(service: str, objects: Objects) -> None:
    routed = {name for kind, name in objects if kind in ("HTTPRoute", "Ingress")}
    assert any(service == name or name.startswith(f"{service}-") for name in routed) == SERVICES[service]["public"]


def test_every_object_is_in_the_namespace_of_its_environment(objects: Objects, environment: str) -> None:
    namespaces = {item["metadata"].get("namespace") for (kind, _), item in objects.items() if kind != "Namespace"}
    assert namespaces == {f"{STACK['slug']}-{environment}"}


def test_secrets_are_read_from_a_folder_that_git_ignores() -> None:
    for overlay in OVERLAYS:
        source = Path(TREE / "overlays" / overlay / "kustomization.yaml").read_text(encoding="utf-8")
        assert all(f"secrets/{secret}" in source for secret in SECRETS)
