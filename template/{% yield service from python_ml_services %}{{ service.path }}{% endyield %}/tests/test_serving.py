"""`python -m app` and the process that it starts."""

from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.__main__ import main
from app.main import create_app
from app.settings import Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> dict[str, Any]:
    """What uvicorn is asked for, in a process that would otherwise start to serve."""
    options: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda app, **others: options.update(others, app=app))
    return options


def test_it_serves_on_every_address_and_stops_in_time(
    served: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "1234")
    main([])
    assert isinstance(served["app"], FastAPI)
    assert (served["host"], served["port"], served["reload"]) == ("0.0.0.0", 1234, False)
    assert served["timeout_keep_alive"] > 60  # what nginx keeps
    assert served["timeout_graceful_shutdown"] < 10


def test_reloading_watches_the_source(served: dict[str, Any]) -> None:
    main(["--reload"])
    assert served["app"] == "app.main:create_app"
    assert served["reload"] is True
    assert served["reload_dirs"][0] == "app"


@pytest.mark.parametrize(("environment", "status"), [("development", 200), ("production", 404)])
def test_the_documentation_is_served_except_where_deployed(
    settings: Settings, environment: str, status: int
) -> None:
    app = create_app(settings.model_copy(update={"environment": environment}))
    with TestClient(app) as client:
        assert client.get("/api/openapi.json").status_code == status
