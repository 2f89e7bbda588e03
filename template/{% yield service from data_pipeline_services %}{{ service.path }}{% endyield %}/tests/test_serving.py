"""`python -m app` and the process that it starts."""

from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from app.__main__ import GRACE_SECONDS, main
from app.main import STOP_SECONDS
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
    assert served["timeout_graceful_shutdown"] == GRACE_SECONDS
    assert GRACE_SECONDS + STOP_SECONDS < 10


def test_reloading_watches_the_source(served: dict[str, Any]) -> None:
    main(["--reload"])
    assert served["app"] == "app.main:create_app"
    assert served["reload"] is True
    assert served["reload_dirs"][0] == "app"
