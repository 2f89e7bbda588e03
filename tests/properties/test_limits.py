"""How much of a machine a container may use."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from model.units import Resources, parse_cpu, parse_memory
from support.rendered import FEW, Repository, pods
from support.strategies import answers


def limits(container: dict[str, Any], which: str) -> tuple[int, int]:
    """Return millicores and MiB of a Compose service's `limits` or `reservations`."""
    found = container["deploy"]["resources"][which]
    assert found["memory"].endswith("M")
    return round(float(found["cpus"]) * 1000), int(found["memory"][:-1])


# Feature: optimized-container-infrastructure, Property 16: CPU and memory limits are enforced
@given(answers(FEW))
def test_every_container_has_its_limits(given_answers: dict[str, Any]) -> None:
    """Each container has limits on CPU, memory and processes, those of the model, and promises within them."""
    project = Repository(given_answers)
    stack = project.stack
    chosen = {
        entry["name"]: entry.get("resources") or {} for entry in given_answers["services"] if isinstance(entry, dict)
    }
    for service in stack.services:
        asked = chosen.get(service.name, {})
        usual = ((service.spec.gpu_production if service.gpu else None) or service.spec.production).resources
        assert service.resources.cpu == (parse_cpu(asked["cpu"]) if asked.get("cpu") else usual.cpu)
        assert service.resources.memory == (parse_memory(asked["memory"]) if asked.get("memory") else usual.memory)
    deployed: dict[str, Resources] = {service.name: service.resources for service in stack.services}
    deployed |= {service.prepare_name: service.resources for service in stack.services if service.prepare}
    deployed |= {store.name: store.limits for store in stack.stores}
    development = deployed | {service.name: service.development_resources for service in stack.services}
    # In some languages it is compiled before it runs.
    development |= {
        service.prepare_name: service.development_resources for service in stack.services if service.prepare
    }
    for environment in set(project.environments) - {"test"}:
        expected = development if environment == "development" else deployed
        for name, container in project.services(environment).items():
            resources = expected[name]
            assert limits(container, "limits") == (resources.cpu, resources.memory), (environment, name)
            assert 0 < container["deploy"]["resources"]["limits"]["pids"] <= 512, name
            if environment != "development":
                promised = limits(container, "reservations")
                assert promised == (resources.cpu_request, resources.memory_request), (environment, name)
                assert promised[0] <= resources.cpu, f"{name} is promised more than it may use"
                assert promised[1] <= resources.memory, f"{name} is promised more than it may use"
            if "shm_size" in container:
                assert int(container["shm_size"].removesuffix("m")) < resources.memory, "shared memory counts as memory"
    for (_, name), pod in pods(document for found in project.manifests.values() for document in found).items():
        for container in [*pod.get("initContainers", ()), *pod["containers"]]:
            found = container["resources"]
            resources = deployed[name]
            assert parse_cpu(str(found["limits"]["cpu"])) == resources.cpu, name
            assert parse_memory(found["limits"]["memory"]) == resources.memory, name
            assert parse_cpu(str(found["requests"]["cpu"])) == resources.cpu_request, name
            assert parse_memory(found["requests"]["memory"]) == resources.memory_request, name
