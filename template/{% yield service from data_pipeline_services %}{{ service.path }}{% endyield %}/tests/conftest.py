"""What all tests share: settings that owe nothing to the environment they run in."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings, load


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset every variable that is a setting."""
    for name in Settings.model_fields:
        for variable in (name.upper(), f"{name.upper()}_FILE"):
            monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def settings(clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The defaults of tests, with stores that refuse every connection."""
    monkeypatch.setenv("ENVIRONMENT", "test")
    unreachable = {
        name: {"host": "127.0.0.1", "port": 1}[name.rpartition("_")[2]]
        for name in Settings.model_fields
        if name.endswith(("_host", "_port"))
    }
    return load().model_copy(update=unreachable)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A client of the application; an error inside becomes the answer 500, as for real clients."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client
