"""What the Stack derives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from support.catalog import catalog
from support.render import renderer
from support.strategies import Answers, answers


def stack(**given_: Any) -> Any:
    return renderer().stack(given_)


def custom(services: Any, **given_: Any) -> Any:
    return stack(preset="custom", services=services, **given_)


def test_the_default_is_the_web_product() -> None:
    made = stack()
    assert [(s.name, s.kind, s.path, s.port, s.needs) for s in made.services] == [
        ("backend", "fastapi", "backend", 8000, ("postgres", "redis")),
        ("frontend", "react", "frontend", 8080, ("backend",)),
    ]
    assert [store.name for store in made.stores] == ["postgres", "redis"]
    assert [s.name for s in made.public] == ["frontend"]
    assert made.by_name["frontend"].host == "my-app.example.com"
    assert made.registry == "ghcr.io/acme"


def test_a_preset_fills_in_what_is_left_out_for_the_same_name_and_kind() -> None:
    made = stack(services="backend:fastapi, other:fastapi")
    assert made.by_name["backend"].path == "backend"
    assert made.by_name["backend"].stores == ("postgres", "redis")
    assert made.by_name["other"].path == "services/other"
    assert made.by_name["other"].stores == ()


def test_what_is_given_wins_over_the_preset() -> None:
    made = stack(services=[{"name": "backend", "kind": "fastapi", "path": "api", "needs": []}])
    assert (made.by_name["backend"].path, made.by_name["backend"].needs) == ("api", ())


def test_another_kind_of_the_same_name_takes_nothing_from_the_preset() -> None:
    made = stack(services="backend:react")
    assert (made.by_name["backend"].path, made.by_name["backend"].needs) == ("services/backend", ())


def test_ports_move_on_where_they_are_taken() -> None:
    made = custom("a:fastapi, b:fastapi:8001, c:fastapi, d:react, e:react")
    assert [s.port for s in made.services] == [8000, 8001, 8002, 8080, 8081]
    assert [s.debug_port for s in made.services][:3] == [5678, 5679, 5680]


def test_a_store_keeps_its_port() -> None:
    made = custom(
        [
            {"name": "a", "kind": "fastapi", "port": 5431, "needs": ["postgres"]},
            {"name": "b", "kind": "fastapi", "port": 5433},
        ]
    )
    assert {s.port for s in made.services} == {5431, 5433}


def test_the_first_public_service_is_the_site() -> None:
    made = custom("a:react, b:react", domain="shop.example.org")
    assert [s.host for s in made.services] == ["shop.example.org", "b.shop.example.org"]


def test_public_can_be_said() -> None:
    made = custom(
        [
            {"name": "a", "kind": "fastapi", "public": True},
            {"name": "b", "kind": "react", "needs": ["a"], "public": False},
        ]
    )
    assert [s.public for s in made.services] == [True, False]


def test_resources_that_are_left_out_are_the_kinds() -> None:
    made = custom([{"name": "a", "kind": "fastapi", "resources": {"cpu": "2"}}])
    assert made.by_name["a"].resources.cpu == 2000
    assert made.by_name["a"].resources.memory == catalog().kinds["fastapi"].production.resources.memory


def test_the_stack_cannot_be_changed() -> None:
    with pytest.raises(Exception, match="frozen"):
        stack().services[0].port = 1


@given(answers())
def test_a_stack_agrees_with_itself(given_: Answers) -> None:
    made = renderer().stack(given_)
    names = [s.name for s in made.services]
    ports = [p for s in made.services for p in (s.port, s.debug_port) if p] + [
        port for store in made.stores for port in store.spec.host_ports
    ]
    assert len(set(ports)) == len(ports)
    assert all(1024 <= port <= 65535 for port in ports)
    assert len({s.path.lower() for s in made.services}) == len(names)
    assert len({s.host for s in made.public}) == len(made.public)
    assert sorted(made.build_order) == sorted([*names, *(library.name for library in made.libraries)])
    for service in made.services:
        used = {u.name for u in service.upstreams}
        assert used <= set(names)
        assert all(made.build_order.index(name) < made.build_order.index(service.name) for name in used)
        assert all(service.name in made.callers(name) for name in service.needs)
        opened = [store.name for store in made.stores if service.name in store.users]
        assert list(service.stores) == opened
        assert len(service.secrets) == len(opened) + (service.external_api is not None)
        assert {secret.variable for secret in service.secrets} >= {
            store.spec.client_secret for store in made.stores if store.name in opened
        }
        variables = [variable.name for variable in (*service.variables, *service.env)]
        assert len(set(variables)) == len(variables)
        assert service.resources.cpu_request <= service.resources.cpu
        for upstream in service.upstreams:
            assert upstream.url == f"http://{upstream.name}:{made.by_name[upstream.name].port}"
    for store in made.stores:
        assert store.users
        assert "$database" not in f"{store.command}{store.healthcheck}{store.shell}{store.variables}"
        assert [account.service for account in store.accounts] == (list(store.users) if store.spec.accounts else [])
        assert store.image in catalog().images.values()


@given(answers())
def test_the_map_says_what_the_stack_is(given_: Answers) -> None:
    made = renderer().stack(given_)
    text = renderer().render(given_)["ops/stack.json"].text
    said = json.loads(text)
    assert list(said["services"]) == [s.name for s in made.services]
    assert list(said["stores"]) == [s.name for s in made.stores]
    for service in made.services:
        entry = said["services"][service.name]
        assert (entry["path"], entry["port"], entry["debug_port"]) == (service.path, service.port, service.debug_port)
        assert entry["needs"] == list(service.needs)
        assert entry["host"] == service.host


@given(answers())
def test_every_variable_is_documented_once(given_: Answers) -> None:
    made = renderer().stack(given_)
    text = renderer().render(given_)[".env.example"].text
    listed = [
        line.lstrip("# ").split("=")[0] for line in text.splitlines() if "=" in line and line.lstrip("# ")[0].isupper()
    ]
    for service in made.services:
        for variable in (*service.variables, *service.env):
            assert variable.fixed or listed.count(variable.setting) == 1, variable.setting
    for secret in made.secrets:
        assert listed.count(secret.setting) == 1
