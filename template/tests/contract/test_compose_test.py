"""compose.test.yaml tests what production runs, and keeps nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.repository import DEPLOYED, PREPARATIONS, SERVICES, STACK, STORES, data

COMPOSE: dict[str, Any] = data("compose.test.yaml")["services"]


def test_it_never_meets_development() -> None:
    assert data("compose.test.yaml")["name"] == f"{STACK['slug']}-test"
    for service in DEPLOYED:
        # Any port that is free: the tests ask each service, and two runs never meet.
        assert COMPOSE[service].get("ports") == [f"127.0.0.1::{SERVICES[service]['port']}"]
    assert not [store for store in STORES if "ports" in COMPOSE[store]]


def test_every_service_store_and_preparation_is_there() -> None:
    assert {*DEPLOYED, *STORES, *PREPARATIONS} <= COMPOSE.keys()


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_is_what_production_runs(service: str) -> None:
    assert COMPOSE[service]["build"]["context"] == SERVICES[service]["path"]
    assert COMPOSE[service]["build"]["target"] == "production"
    assert COMPOSE[service]["environment"]["ENVIRONMENT"] == "test"


@pytest.mark.parametrize("store", STORES)
def test_a_store_keeps_its_data_in_memory(store: str) -> None:
    assert COMPOSE[store]["image"] == STORES[store]["image"]
    assert COMPOSE[store]["tmpfs"]
    assert "volumes" not in COMPOSE[store]


@pytest.mark.parametrize("service", DEPLOYED)
def test_integration_tests_run_in_development_s_image_and_fail_without_stores(service: str) -> None:
    command = SERVICES[service]["commands"]["integration"]
    assert (f"{service}-tests" in COMPOSE) == bool(command)
    if command:
        tests = COMPOSE[f"{service}-tests"]
        assert tests["command"] == ["sh", "-c", command]
        assert tests["profiles"] == ["tests"], "it would start with the stack"
        assert tests["environment"]["REQUIRE_SERVICES"] == "1"
