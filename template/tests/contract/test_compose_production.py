"""compose.prod.yaml and compose.staging.yaml agree with the map, and are as closed as they say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.repository import DEPLOYED, PREPARATIONS, SECRETS, SERVICES, STACK, STORES, data, published

if "compose" not in STACK["deploy"]:
    pytest.skip("this repository is not deployed with Compose", allow_module_level=True)

FILE = "compose.prod.yaml"
COMPOSE: dict[str, Any] = data(FILE)["services"]
STAGING: dict[str, Any] = data("compose.staging.yaml")["services"]


def test_each_environment_is_a_project_of_its_own() -> None:
    names = [data(file)["name"] for file in ("compose.yaml", FILE, "compose.staging.yaml", "compose.test.yaml")]
    assert len(set(names)) == len(names)
    assert all(name.startswith(STACK["slug"]) for name in names)


def test_every_service_store_and_preparation_is_there() -> None:
    assert {*DEPLOYED, *STORES, *PREPARATIONS} <= COMPOSE.keys()


def test_staging_changes_only_what_production_has() -> None:
    assert STAGING.keys() <= COMPOSE.keys()


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_runs_the_version_that_is_asked_for(service: str) -> None:
    image = f"${{REGISTRY:-{STACK['registry']}}}/{SERVICES[service]['image']}:${{TAG:?"
    assert COMPOSE[service]["image"].startswith(image)
    assert "build" not in COMPOSE[service]


@pytest.mark.parametrize("name", COMPOSE)
def test_every_container_is_closed(name: str) -> None:
    container = COMPOSE[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in container["security_opt"]
    assert int(container["user"].split(":")[0]) > 0
    assert not [volume for volume in container.get("volumes", []) if volume.startswith((".", "/"))], (
        "a folder is mounted"
    )


@pytest.mark.parametrize("name", [*DEPLOYED, *STORES])
def test_a_container_runs_as_the_user_of_the_map(name: str) -> None:
    uid = {**SERVICES, **STORES}[name]["uid"]
    assert COMPOSE[name]["user"].split(":")[0] == str(uid)


@pytest.mark.parametrize("name", COMPOSE)
def test_every_container_has_limits_and_reservations(name: str) -> None:
    resources = COMPOSE[name]["deploy"]["resources"]
    assert {"cpus", "memory"} <= resources["limits"].keys()
    assert {"cpus", "memory"} <= resources["reservations"].keys()


@pytest.mark.parametrize("name", [*DEPLOYED, *STORES])
def test_everything_that_stays_up_has_a_health_check_and_restarts(name: str) -> None:
    assert COMPOSE[name]["healthcheck"]["test"]
    assert COMPOSE[name]["restart"] in ("always", "unless-stopped")


@pytest.mark.parametrize("service", DEPLOYED)
def test_only_public_services_are_published(service: str) -> None:
    ports = [published(port) for port in COMPOSE[service].get("ports", [])]
    port = SERVICES[service]["port"]
    expected = [("127.0.0.1", SERVICES[service]["host_port_variable"], port, port)]
    assert ports == (expected if SERVICES[service]["public"] else [])


@pytest.mark.parametrize("store", STORES)
def test_no_store_is_published(store: str) -> None:
    assert "ports" not in COMPOSE[store]


@pytest.mark.parametrize("name", [*DEPLOYED, *PREPARATIONS])
def test_a_container_gets_its_secrets_as_files_and_no_others(name: str) -> None:
    service = SERVICES[name.rpartition("-")[0] if name in PREPARATIONS else name]
    environment = COMPOSE[name]["environment"]
    assert sorted(COMPOSE[name].get("secrets", [])) == sorted(service["secrets"])
    expected = {f"{SECRETS[secret]['variable']}_FILE": f"/run/secrets/{secret}" for secret in service["secrets"]}
    assert {name: value for name, value in environment.items() if "/run/secrets/" in value} == expected
    for item in SECRETS.values():
        assert item["variable"] not in environment, "its value would show in `docker inspect`"


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_a_file_that_git_ignores(secret: str) -> None:
    assert data(FILE)["secrets"][secret] == {"file": f"./secrets/{secret}"}


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_gets_every_variable_of_the_map(service: str) -> None:
    environment = COMPOSE[service]["environment"]
    assert environment["ENVIRONMENT"] == "production"
    assert STAGING[service]["environment"]["ENVIRONMENT"] == "staging"
    for name, value in SERVICES[service]["variables"].items():
        setting = SERVICES[service]["settings"].get(name)
        assert environment[name] == (f"${{{setting}:-{value}}}" if setting else value), name


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_shares_a_network_with_all_that_it_needs(service: str) -> None:
    for need in SERVICES[service]["needs"]:
        assert set(COMPOSE[service]["networks"]) & set(COMPOSE[need]["networks"]), need


@pytest.mark.parametrize("store", STORES)
def test_a_store_is_the_image_of_the_map_without_a_way_out(store: str) -> None:
    assert COMPOSE[store]["image"] == STORES[store]["image"]
    assert all(data(FILE)["networks"][network]["internal"] for network in COMPOSE[store]["networks"])
