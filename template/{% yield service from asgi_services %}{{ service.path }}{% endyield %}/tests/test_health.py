"""What the two questions of an orchestrator are answered, whatever the service needs."""

import asyncio
from collections.abc import Mapping

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app import health
from app.health import Check


async def usable() -> None:
    pass


async def refused() -> None:
    raise ConnectionRefusedError("postgres://user:secret@host")


async def stuck() -> None:
    await asyncio.sleep(60)


async def unready() -> None:
    raise health.NotReadyError("still loading")


def ready(checks: Mapping[str, Check]) -> Response:
    app = FastAPI()
    app.state.checks = checks
    app.include_router(health.router)
    return TestClient(app).get("/health/ready")


def test_health_answers_whatever_else_is_down(client: TestClient) -> None:
    response = client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("checks", [{}, {"a": usable, "b": usable}])
def test_it_is_ready_when_all_that_it_needs_is_usable(checks: Mapping[str, Check]) -> None:
    response = ready(checks)
    expected = {"status": "ok", "checks": dict.fromkeys(checks, "ok")}
    assert (response.status_code, response.json()) == (200, expected)


def test_it_says_what_is_not_usable_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    response = ready({"a": usable, "b": refused, "c": stuck, "d": unready})
    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "checks": {
            "a": "ok",
            "b": "ConnectionRefusedError",
            "c": "TimeoutError",
            "d": "still loading",
        },
    }
    logged = {record.getMessage() for record in caplog.records if record.name == "app.health"}
    assert logged == {f"{name} is not usable" for name in "bcd"}
