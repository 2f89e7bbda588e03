"""Starting and restarting: health checks, who waits for whom, and whose state is whose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given

from model import graph
from support.composefile import interpolated, waits
from support.rendered import FEW, Repository, pods
from support.strategies import answers

# Every test container but those that keep data in memory on purpose.
KEEPING = ("development", "staging", "production")


def started(services: Mapping[str, Any], one_shots: set[str]) -> list[str]:
    """Return the order in which Compose can start services: each after all that it waits for are as it wants them."""
    done: list[str] = []
    waiting = dict(services)
    while ready := [
        name
        for name, item in waiting.items()
        if all(_is_met(need, how, done, services, one_shots) for need, how in waits(item).items())
    ]:
        done += ready
        for name in ready:
            del waiting[name]
    return done


def _is_met(name: str, condition: str, done: list[str], services: Mapping[str, Any], one_shots: set[str]) -> bool:
    if condition == "service_healthy":
        return name in done and "healthcheck" in services[name]
    return condition == "service_completed_successfully" and name in done and name in one_shots


def shell_words(test: list[str]) -> list[str]:
    """Return a health check's command without the word that says how it is run."""
    assert test[0] == "CMD", test
    return test[1:]


# Feature: optimized-container-infrastructure, Property 1: all health checks pass once all services have started
@given(answers(FEW))
def test_health_checks_pass_once_started(given_answers: dict[str, Any]) -> None:
    """Every container that stays has the check of its kind, on the port where it listens, and all can be started."""
    project = Repository(given_answers)
    checks = {
        service.name: (service.healthcheck, service.development_healthcheck) for service in project.stack.services
    }
    checks |= {store.name: (store.healthcheck, store.healthcheck) for store in project.stack.stores}
    for environment in project.environments:
        services = interpolated(project.services(environment), {"TAG": "1"})
        assert sorted(started(services, project.one_shots())) == sorted(services), environment
        for name, item in services.items():
            if name in project.one_shots():
                check = item.get("healthcheck", {"disable": True})
                assert check == {"disable": True}, f"{name} ends; nobody can ask whether it is well"
                assert item.get("restart") != "unless-stopped", name
                continue
            check = item["healthcheck"]
            expected = checks[name][environment == "development"]
            assert shell_words(check["test"]) == list(expected), (environment, name)
            assert {"interval", "timeout", "retries", "start_period", "start_interval"} <= check.keys(), name
            if name in {store.name for store in project.stack.stores}:
                assert item["init"] is True, f"{name} gets what its health check leaves behind"
    for service in project.stack.services:
        # The command asks where the service listens: at the port in its text, or at $PORT.
        for command in checks[service.name]:
            port = [part for part in command if "127.0.0.1" in part]
            assert all(f":{service.port}{service.spec.health.live}" in part for part in port), (service.name, command)
        for environment in project.environments if service.deployed else ["development"]:
            assert project.services(environment)[service.name]["environment"]["PORT"] == str(service.port)
        dockerfile = project.dockerfiles[service.name]
        for stage in ("development", "production"):
            check = dockerfile.setting(stage, "HEALTHCHECK")
            assert check is not None, f"{service.name}: {stage} has no health check"
            if stage == "production" and not service.deployed:
                assert check.arguments == "NONE", f"{service.name} is asked by nobody"
                continue
            assert {"interval", "timeout", "start-period", "start-interval", "retries"} == {
                name for name, _ in check.flags
            }
            assert check.arguments.startswith("CMD ["), "a health check in exec form needs no shell"
    if project.stack.kubernetes:
        workloads = pods(document for documents in project.manifests.values() for document in documents)
        for service in project.stack.deployed:
            container = workloads["Deployment", service.name]["containers"][0]
            names = {port["name"]: port["containerPort"] for port in container["ports"]}
            health = service.spec.health
            for probe, path in (
                ("startupProbe", health.live),
                ("livenessProbe", health.live),
                ("readinessProbe", health.ready),
            ):
                get = container[probe]["httpGet"]
                assert get["path"] == path, (service.name, probe)
                assert names.get(get["port"], get["port"]) == service.port, (service.name, probe)
        for store in project.stack.stores:
            container = workloads["StatefulSet", store.name]["containers"][0]
            for probe, command in (
                ("startupProbe", store.liveness),
                ("readinessProbe", store.healthcheck),
                ("livenessProbe", store.liveness),
            ):
                assert container[probe]["exec"]["command"] == list(command), (store.name, probe)
            startup = container["startupProbe"]
            assert startup["periodSeconds"] * startup["failureThreshold"] >= 1800, "recovery begins again when stopped"


# Feature: optimized-container-infrastructure, Property 14: a service waits for the health of what it depends on
@given(answers(FEW))
def test_services_wait_for_the_health_of_what_they_need(given_answers: dict[str, Any]) -> None:
    """`depends_on` is the graph of needs, in every environment, with no edge more or less."""
    project = Repository(given_answers)
    for environment in project.environments:
        services = project.services(environment)
        expected: dict[str, dict[str, str]] = {store.name: {} for store in project.stack.stores}
        for service in project.running(environment):
            expected[service.name] = dict.fromkeys(service.needs, "service_healthy")
            if service.prepare:
                expected[service.name][service.prepare_name] = "service_completed_successfully"
                expected[service.prepare_name] = dict.fromkeys(service.prepared_stores, "service_healthy")
        assert {name: waits(item) for name, item in services.items()} == expected, environment
        assert graph.cycle({name: list(waits(item)) for name, item in services.items()}) is None
    beside = project.compose["test"]["services"] if "test" in project.environments else {}
    tests = {name: item for name, item in beside.items() if "profiles" in item}
    for service in project.stack.services:
        if f"{service.name}-tests" in tests:
            # Its tests stand where the service would: they need all that it needs, but make their own tables.
            assert waits(tests.pop(f"{service.name}-tests")) == dict.fromkeys(service.needs, "service_healthy")
    assert not tests


# Feature: optimized-container-infrastructure, Property 15: restarting one service leaves the others and their state alone
@given(answers(FEW))
def test_a_restart_leaves_others_and_their_state_alone(given_answers: dict[str, Any]) -> None:
    """No container shares a namespace, a restart or, but for data volumes, a volume; all state outlives its container."""
    project = Repository(given_answers)
    for environment in KEEPING:
        if environment not in project.environments:
            continue
        file = project.compose[environment]
        # A data volume is there to be shared: by its writer, what prepares it, and its readers. In development what
        # prepares a reader has all that the reader has.
        sharing: dict[str, set[str]] = {}
        for service in project.stack.services:
            prepares = service.prepare and (service.writes or environment == "development")
            for data in service.volumes:
                sharing.setdefault(data.key, set()).update(
                    [service.name, *([service.prepare_name] if prepares else [])]
                )
        users: dict[str, list[str]] = {}
        for name, item in file["services"].items():
            assert not any(need.get("restart") for need in item.get("depends_on", {}).values()), (
                f"{name} restarts with another"
            )
            shared = {
                "network_mode",
                "pid",
                "ipc",
                "volumes_from",
                "links",
                "uts",
                "userns_mode",
                "cgroup_parent",
            } & item.keys()
            assert not shared, f"{name} lives in another's {shared}"
            for volume in item.get("volumes", ()):
                source, _, target = volume.partition(":")
                assert target, f"{name} has an anonymous volume, which the next container would not get: {volume}"
                if not source.startswith("."):
                    users.setdefault(source, []).append(name)
        there = set(file["services"])
        for source, names in users.items():
            expected = sharing[source] & there if source in sharing else set(names[:1])
            assert sorted(names) == sorted(expected), f"{source} is used by {names}"
        assert set(users) == set(file.get("volumes") or {}), "volumes that are used and those that there are"
        for store in project.stack.stores:
            volumes = file["services"][store.name]["volumes"]
            assert volumes == [f"{store.name}-data:{store.spec.data}"], "data that outlives the container"
            inside = [
                path for path in file["services"][store.name].get("tmpfs", ()) if path.startswith(store.spec.data)
            ]
            assert not inside, "data in memory is lost with the container"
    if project.stack.kubernetes:
        documents = [document for found in project.manifests.values() for document in found]
        sets = {item["metadata"]["name"]: item["spec"] for item in documents if item.get("kind") == "StatefulSet"}
        assert sorted(sets) == sorted(store.name for store in project.stack.stores)
        for store in project.stack.stores:
            claims = [claim["metadata"]["name"] for claim in sets[store.name]["volumeClaimTemplates"]]
            mounts = sets[store.name]["template"]["spec"]["containers"][0]["volumeMounts"]
            assert [mount["mountPath"] for mount in mounts if mount["name"] in claims] == [store.spec.data]
