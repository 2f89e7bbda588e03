"""`ops/stack.json`, which everything else is held against, agrees with itself and with the folders."""

from __future__ import annotations

import pytest

from tests.support.repository import ROOT, SECRETS, SERVICES, STACK, STORES


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_folder_with_a_dockerfile_and_a_dockerignore(service: str) -> None:
    folder = ROOT / SERVICES[service]["path"]
    assert (folder / "Dockerfile").is_file()
    assert (folder / ".dockerignore").is_file()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_needs_only_what_there_is(service: str) -> None:
    assert set(SERVICES[service]["needs"]) <= SERVICES.keys() | STORES.keys()
    assert set(SERVICES[service]["libraries"]) <= STACK["libraries"].keys()
    assert set(SERVICES[service]["secrets"]) <= SECRETS.keys()


def test_what_is_needed_is_built_before_what_needs_it() -> None:
    order = STACK["build_order"]
    assert sorted(order) == sorted([*SERVICES, *STACK["libraries"]])
    for name, service in SERVICES.items():
        for need in [*service["needs"], *service["libraries"]]:
            if need not in STORES:
                assert order.index(need) < order.index(name), f"{name} is built before {need}, which it needs"


@pytest.mark.parametrize("store", STORES)
def test_a_store_is_used_by_those_who_need_it(store: str) -> None:
    assert STORES[store]["users"] == [name for name, service in SERVICES.items() if store in service["needs"]]
    opened = [secret for secret, item in SECRETS.items() if secret.endswith(STORES[store]["secret"]) and item["users"]]
    assert [user for secret in opened for user in SECRETS[secret]["users"]] == STORES[store]["users"]


def test_no_two_published_ports_are_the_same() -> None:
    ports = [service["port"] for service in SERVICES.values()]
    ports += [service["debug_port"] for service in SERVICES.values() if service["debug_port"]]
    ports += [store["host_port"] for store in STORES.values()]
    ports += [end["port"] for store in STORES.values() for end in store["endpoints"]]
    assert len(ports) == len(set(ports)), sorted(ports)
