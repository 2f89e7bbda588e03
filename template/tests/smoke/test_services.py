"""What runs on this machine answers, and says that it is well."""

from __future__ import annotations

import os

import pytest

from tests.support.repository import SERVICES
from tests.support.web import addresses, request

ENVIRONMENT = os.environ.get("SMOKE_ENVIRONMENT", "development")
URLS = addresses(ENVIRONMENT)


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    """Each service that is published."""
    name = str(request.param)
    if name not in URLS:
        pytest.skip(f"{ENVIRONMENT} does not publish {name}")
    return name


def test_there_is_a_service_to_ask() -> None:
    assert URLS


def test_the_process_is_alive(service: str) -> None:
    answer = request(URLS[service] + SERVICES[service]["health"]["live"])
    assert answer.status == 200, answer.body
    assert answer.json()["status"] == "ok"


def test_all_that_it_needs_answers_it(service: str) -> None:
    answer = request(URLS[service] + SERVICES[service]["health"]["ready"])
    assert answer.status == 200, answer.body
    assert set(answer.json()["checks"].values()) <= {"ok"}


def test_metrics_are_there(service: str) -> None:
    path = SERVICES[service]["health"]["metrics"]
    if path is None:
        pytest.skip(f"{service} has no metrics")
    answer = request(URLS[service] + path)
    assert answer.status == 200
    assert b"# TYPE " in answer.body
