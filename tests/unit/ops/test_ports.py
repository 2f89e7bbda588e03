from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from ops import ports
from ops.checks import published_ports
from ops.compose import Project, needed
from ops.process import Result

CONFIG: dict[str, Any] = {
    "name": "demo",
    "services": {
        "api": {
            "ports": [
                {"host_ip": "127.0.0.1", "published": "8000", "target": 8000},
                {"host_ip": "127.0.0.1", "published": "5678", "target": 5678},
            ],
            "depends_on": {"db": {"condition": "service_healthy"}},
        },
        "db": {"ports": [{"host_ip": "127.0.0.1", "published": "5432", "target": 5432}]},
        "web": {
            "ports": [
                {"published": "8080", "target": 8080},
                {"published": "9000-9010", "target": 9000},
                {"published": "53", "target": 53, "protocol": "udp"},
            ],
            "depends_on": {"api": {"condition": "service_healthy"}},
        },
    },
}


class Config(Project):
    """A project whose files say what CONFIG says."""

    def config(self) -> dict[str, Any]:
        return CONFIG


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A repository of which only `db` moves its port with a variable; nobody else has any port."""
    store = SimpleNamespace(port=5432, host_port_variable="DB_HOST_PORT", endpoints=())
    found = SimpleNamespace(services={}, stores={"db": store})
    monkeypatch.setattr(published_ports, "load", lambda: found)
    monkeypatch.setattr(published_ports, "of_project", lambda _: [])
    monkeypatch.setattr(ports, "containers", dict)
    monkeypatch.setattr(ports, "free", lambda _address, _number: True)
    return found


def project() -> Project:
    return Config("development", ("compose.yaml",))


def test_ranges_and_datagrams_are_left_to_the_engine(stack: Any) -> None:
    found = ports.published(CONFIG, stack)
    assert [(port.service, port.number) for port in found] == [
        ("api", 8000),
        ("api", 5678),
        ("db", 5432),
        ("web", 8080),
    ]
    assert {port.variable for port in found} == {None, "DB_HOST_PORT"}


@pytest.mark.parametrize(
    ("services", "started"),
    [(["db"], {"db"}), (["api"], {"api", "db"}), (["web"], {"web", "api", "db"}), ([], {"api", "db", "web"})],
)
def test_what_is_started_is_what_was_asked_for_and_what_that_needs(services: list[str], started: set[str]) -> None:
    assert needed(CONFIG, services) == started


def test_only_ports_of_what_is_started_have_to_be_free(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "free", lambda _address, number: number != 8080)
    monkeypatch.setattr(ports, "program", lambda number: f"nginx (process {number})")
    assert [finding.level for finding in published_ports.check(project(), ["api"])] == ["ok"]
    (finding,) = published_ports.check(project(), ["web"])
    assert (finding.subject, finding.level) == ("port 8080", "error")
    assert "nginx (process 8080) has it" in finding.what
    assert "compose.override.yaml" in finding.remedy


def test_a_port_of_another_project_is_moved_by_its_variable(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = ports.Holder("container other-db-1 of the Compose project other", "other")
    monkeypatch.setattr(ports, "containers", lambda: {5432: holder})
    (finding,) = published_ports.check(project())
    assert "container other-db-1" in finding.what
    assert "put DB_HOST_PORT=5433 into .env" in finding.remedy


def test_a_port_of_the_project_itself_is_no_problem(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "containers", lambda: {5432: ports.Holder("container demo-db-1", "demo")})
    monkeypatch.setattr(ports, "free", lambda _address, number: number != 5432)
    assert [finding.level for finding in published_ports.check(project())] == ["ok"]


def test_two_services_cannot_have_one_port(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    twice = {"name": "demo", "services": dict.fromkeys(("db", "other"), CONFIG["services"]["db"])}
    monkeypatch.setattr(Config, "config", lambda _: twice)
    (finding,) = published_ports.check(project())
    assert "other needs it, but db wants it too" in finding.what


def test_a_port_is_free_until_somebody_listens() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        number = listener.getsockname()[1]
        listener.listen()
        assert not ports.free("127.0.0.1", number)
        assert ports.next_free("127.0.0.1", number, {number + 1}) > number + 1
    assert ports.free("127.0.0.1", number)


def test_containers_have_ranges_of_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    line = '{"Names":"a","Labels":"x=y,com.docker.compose.project=demo","Ports":"127.0.0.1:80-81->80-81/tcp, 90/tcp"}'
    monkeypatch.setattr(ports, "run", lambda *_, **__: Result(0, f"{line}\n", ""))
    found = ports.containers()
    assert set(found) == {80, 81}
    assert found[80] == ports.Holder("container a of the Compose project demo", "demo")
