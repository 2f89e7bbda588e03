"""compose.yaml agrees with the map."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.repository import PREPARATIONS, ROOT, SECRETS, SERVICES, STACK, STORES, data, published, stages

FILE = "compose.yaml"
COMPOSE: dict[str, Any] = data(FILE)["services"]


def test_the_project_has_the_name_of_the_map() -> None:
    assert data(FILE)["name"] == STACK["slug"]


def test_every_service_store_and_preparation_is_there() -> None:
    assert {*SERVICES, *STORES, *PREPARATIONS} <= COMPOSE.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_built_from_its_folder_and_a_stage_that_exists(service: str) -> None:
    build = COMPOSE[service]["build"]
    assert build["context"] == SERVICES[service]["path"]
    assert build["target"] in stages(service)
    assert COMPOSE[service]["image"] == f"{SERVICES[service]['image']}:development"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_published_on_this_machine_only_where_the_map_says(service: str) -> None:
    expected = [(SERVICES[service]["host_port_variable"], SERVICES[service]["port"])]
    if SERVICES[service]["debug_port"]:
        expected.append((SERVICES[service]["debug_port_variable"], SERVICES[service]["debug_port"]))
    ports = [published(port) for port in COMPOSE[service]["ports"]]
    assert [(port.variable, port.default) for port in ports] == expected
    assert {port.address for port in ports} == {"127.0.0.1"}
    assert ports[0].target == SERVICES[service]["port"]
    assert COMPOSE[service]["environment"]["PORT"] == str(SERVICES[service]["port"])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_gets_every_variable_of_the_map(service: str) -> None:
    environment = COMPOSE[service]["environment"]
    for name, value in SERVICES[service]["variables"].items():
        setting = SERVICES[service]["settings"].get(name)
        assert environment[name] == (f"${{{setting}:-{value}}}" if setting else value), name


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_gets_its_secrets_and_no_others(service: str) -> None:
    mine = {SECRETS[name]["variable"]: SECRETS[name]["setting"] for name in SERVICES[service]["secrets"]}
    everyone = {secret[key] for secret in SECRETS.values() for key in ("variable", "setting")}
    given = {name: value for name, value in COMPOSE[service]["environment"].items() if name in everyone}
    assert given == {variable: f"${{{setting}:-development}}" for variable, setting in mine.items()}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_for_all_that_it_needs(service: str) -> None:
    expected = dict.fromkeys(SERVICES[service]["needs"], "service_healthy")
    if f"{service}-prepare" in PREPARATIONS:
        expected[f"{service}-prepare"] = "service_completed_successfully"
    waits = {name: need["condition"] for name, need in COMPOSE[service].get("depends_on", {}).items()}
    assert waits == expected


@pytest.mark.parametrize("name", [*SERVICES, *STORES])
def test_everything_that_stays_up_has_a_health_check_and_limits(name: str) -> None:
    assert COMPOSE[name]["healthcheck"]["test"]
    assert {"cpus", "memory"} <= COMPOSE[name]["deploy"]["resources"]["limits"].keys()


@pytest.mark.parametrize("service", SERVICES)
def test_mounted_and_watched_paths_exist(service: str) -> None:
    sources = [volume.split(":")[0] for volume in COMPOSE[service]["volumes"]]
    watched = [rule["path"] for rule in COMPOSE[service]["develop"]["watch"]]
    missing = [path for path in [*sources, *watched] if "/" in path and not (ROOT / path).exists()]
    assert not missing


@pytest.mark.parametrize("service", SERVICES)
def test_dependencies_are_kept_in_a_volume(service: str) -> None:
    kept = [
        volume for volume in COMPOSE[service]["volumes"] if volume.endswith(f":{SERVICES[service]['dependencies']}")
    ]
    assert len(kept) == 1
    assert kept[0].split(":")[0] in data(FILE)["volumes"]


@pytest.mark.parametrize("store", STORES)
def test_a_store_is_the_image_of_the_map_with_its_data_in_a_volume(store: str) -> None:
    assert COMPOSE[store]["image"] == STORES[store]["image"]
    assert f"{store}-data" in data(FILE)["volumes"]
    assert any(volume.startswith(f"{store}-data:") for volume in COMPOSE[store]["volumes"])
    item = STORES[store]
    expected = [("127.0.0.1", item["host_port_variable"], item["host_port"], item["port"])]
    expected += [("127.0.0.1", end["host_port_variable"], end["port"], end["port"]) for end in item["endpoints"]]
    assert [published(port) for port in COMPOSE[store]["ports"]] == expected


@pytest.mark.parametrize("preparation", PREPARATIONS)
def test_a_preparation_runs_the_image_of_its_service_with_its_command(preparation: str) -> None:
    service = preparation.rpartition("-")[0]
    assert COMPOSE[preparation]["image"] == COMPOSE[service]["image"]
    assert COMPOSE[preparation]["command"] == SERVICES[service]["prepare"]
