"""What an overlay of Kubernetes has in it: hosts, secrets, rights, and what may reach whom."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from hypothesis import given

from support.kustomize import RESOURCES, objects
from support.rendered import FEW, Repository, pods
from support.strategies import answers

OVERLAYS = "deploy/kubernetes/overlays"


def overlays(project: Repository) -> dict[str, list[Any]]:
    """Return the objects of each environment; none where the repository is not deployed to Kubernetes."""
    names = [environment.name for environment in project.stack.environments]
    return {name: list(objects(project.manifests, f"{OVERLAYS}/{name}")) for name in names}


def hosts(found: list[Any]) -> set[str]:
    """Return every host that objects name."""
    named: set[str] = set()
    for item in found:
        if item["kind"] == "Gateway":
            named |= {listener["hostname"] for listener in item["spec"]["listeners"] if "hostname" in listener}
        elif item["kind"] == "HTTPRoute":
            named |= set(item["spec"].get("hostnames", ()))
        elif item["kind"] == "Ingress":
            named |= {rule["host"] for rule in item["spec"]["rules"]}
            named |= {host for tls in item["spec"]["tls"] for host in tls["hosts"]}
    return named


@given(answers(FEW))
def test_each_environment_has_hosts_of_its_own(given_answers: dict[str, Any]) -> None:
    """A public service has one host in each environment, below the domain, and none is that of another."""
    project = Repository(given_answers)
    stack = project.stack
    taken: set[str] = set()
    for name, found in overlays(project).items():
        mine = hosts(found)
        assert len(mine) == len(stack.public), (name, mine)
        assert all(f".{host}".endswith(f".{stack.domain}") for host in mine)
        assert not mine & taken, f"{name} answers at the hosts of another environment"
        taken |= mine
        if name == "production":
            assert mine == {service.host for service in stack.public}


@given(answers(FEW))
def test_local_changes_have_the_last_word(given_answers: dict[str, Any]) -> None:
    """An overlay's own patches would be laid over those of its components, and the user's are one of them."""
    project = Repository(given_answers)
    for environment in project.stack.environments:
        (settings,) = project.manifests[f"{OVERLAYS}/{environment.name}/kustomization.yaml"]
        assert settings["components"][-1] == "local"
        assert "patches" not in settings


@given(answers(FEW))
def test_the_deployer_may_apply_what_an_overlay_has(given_answers: dict[str, Any]) -> None:
    """Its role is for the kinds of the overlay, no more and no fewer; namespaces and rights are not among them."""
    project = Repository(given_answers)
    for name, found in overlays(project).items():
        bootstrap = list(objects(project.manifests, f"{OVERLAYS}/{name}/bootstrap"))
        (role,) = (item for item in bootstrap if item["kind"] == "Role")
        changed = {
            (group, resource)
            for rule in role["rules"]
            if {"get", "create", "update", "patch"} <= set(rule["verbs"])
            for group in rule["apiGroups"]
            for resource in rule["resources"]
        }
        assert changed == {RESOURCES[item["kind"]] for item in found}, name
        assert not changed & {RESOURCES[kind] for kind in ("Namespace", "Role", "RoleBinding")}
        assert {item["kind"] for item in bootstrap} == {"Namespace", "ServiceAccount", "Role", "RoleBinding"}
        (namespace,) = (item["metadata"]["name"] for item in bootstrap if item["kind"] == "Namespace")
        for folder in (name, f"{name}/bootstrap"):
            assert project.manifests[f"{OVERLAYS}/{folder}/kustomization.yaml"][0]["namespace"] == namespace


@given(answers(FEW))
def test_a_changed_secret_replaces_only_pods_that_use_it(given_answers: dict[str, Any]) -> None:
    """The name of a Secret follows all that is in it, and a pod that names it is replaced with it."""
    project = Repository(given_answers)
    users: dict[str, set[str]] = {secret.name: set() for secret in project.stack.secrets}
    for owner in (*project.stack.deployed, *project.stack.stores):
        for secret in owner.secrets:
            users[secret.name].add(owner.name)
    for found in overlays(project).values():
        files = {
            item["metadata"]["name"]: {PurePosixPath(file).name for file in item["files"]}
            for item in found
            if item["kind"] == "Secret"
        }
        replaced: dict[str, set[str]] = {secret: set() for held in files.values() for secret in held}
        for (_, name), pod in pods(found).items():
            sources = [
                source["secret"]
                for volume in pod["volumes"]
                for source in volume.get("projected", {}).get("sources", ())
            ]
            for source in sources:
                assert "items" not in source, f"{name} hangs on more than it reads"
                for secret in files[source["name"]]:
                    replaced[secret].add(name)
        assert replaced == users


@given(answers(FEW))
def test_certificates_can_be_made(given_answers: dict[str, Any]) -> None:
    """Where hosts are served over TLS, cert-manager's pod that proves them ours can be reached; no policy else names it."""
    project = Repository(given_answers)
    label = {"acme.cert-manager.io/http01-solver": "true"}
    for found in overlays(project).values():
        policies = [item["spec"] for item in found if item["kind"] == "NetworkPolicy"]
        open_ports = [
            rule["ports"]
            for spec in policies
            if spec["podSelector"].get("matchLabels") == label
            for rule in spec["ingress"]
        ]
        assert open_ports == ([[{"protocol": "TCP", "port": 8089}]] if hosts(found) else [])


def test_names_are_found_with_a_cache_on_each_node() -> None:
    """NodeLocal DNSCache is no pod of the cluster's network; other ways to run it are, under a label of its own."""
    for found in overlays(Repository({"deploy": ["kubernetes"]})).values():
        (policy,) = [o for o in found if (o["kind"], o["metadata"]["name"]) == ("NetworkPolicy", "default")]
        (lookup,) = policy["spec"]["egress"]
        servers, node = lookup["to"]
        assert {port["port"] for port in lookup["ports"]} == {53}
        assert servers["podSelector"]["matchExpressions"][0]["values"] == ["kube-dns", "node-local-dns"]
        assert node == {"ipBlock": {"cidr": "169.254.20.10/32"}}


def claims(workload: Any) -> bool:
    """Return whether pods share a volume that is attached to one node."""
    return any("persistentVolumeClaim" in volume for volume in workload["spec"]["template"]["spec"].get("volumes", ()))


@given(answers(FEW))
def test_budgets_are_for_workloads_of_several_nodes(given_answers: dict[str, Any]) -> None:
    """A budget of a workload that has one pod would protect nothing; where all stand on one node, it would block its drain."""
    project = Repository(given_answers)
    for found in overlays(project).values():
        scaled = {item["spec"]["scaleTargetRef"]["name"] for item in found if item["kind"] == "HorizontalPodAutoscaler"}
        several = {
            item["metadata"]["name"]
            for item in found
            if item["kind"] in ("Deployment", "StatefulSet")
            and (item["spec"]["replicas"] > 1 or item["metadata"]["name"] in scaled)
            and not claims(item)
        }
        assert {item["metadata"]["name"] for item in found if item["kind"] == "PodDisruptionBudget"} == several


@given(answers(FEW))
def test_who_shares_memory_is_on_one_node(given_answers: dict[str, Any]) -> None:
    """Readers stand beside the writer, and the writer, when it is replaced, goes where the volume still is."""
    project = Repository(given_answers)
    for found in overlays(project).values():
        terms = {
            item["metadata"]["name"]: item["spec"]["template"]["spec"].get("affinity", {}).get("podAffinity", {})
            for item in found
            if item["kind"] == "Deployment"
        }
        for volume in project.stack.volumes:
            preferred = {
                term["podAffinityTerm"]["labelSelector"]["matchLabels"]["app.kubernetes.io/name"]
                for term in terms[volume.writer].get("preferredDuringSchedulingIgnoredDuringExecution", ())
            }
            assert preferred >= set(volume.readers)
            for reader in volume.readers:
                required = {
                    term["labelSelector"]["matchLabels"]["app.kubernetes.io/name"]
                    for term in terms[reader]["requiredDuringSchedulingIgnoredDuringExecution"]
                }
                assert volume.writer in required
