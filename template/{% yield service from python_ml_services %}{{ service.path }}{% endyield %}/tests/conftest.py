"""What all tests share: a model, and settings that owe nothing to the environment they run in."""

import time
from collections.abc import Iterator
from pathlib import Path

import onnxruntime
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings, load
from training.__main__ import train

LOADING_SECONDS = 10


@pytest.fixture(autouse=True)
def cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Predict on the CPU, which every machine has."""
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CPUExecutionProvider"])


@pytest.fixture(scope="session")
def model_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example model, trained for these tests."""
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    train(path)
    return path


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset every variable that is a setting."""
    for name in Settings.model_fields:
        for variable in (name.upper(), f"{name.upper()}_FILE"):
            monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def settings(
    clean_environment: None, monkeypatch: pytest.MonkeyPatch, model_path: Path
) -> Settings:
    """The defaults of tests, with stores that refuse every connection."""
    monkeypatch.setenv("ENVIRONMENT", "test")
    monkeypatch.setenv("MODEL_PATH", str(model_path))
    unreachable = {
        name: {"host": "127.0.0.1", "port": 1}[name.rpartition("_")[2]]
        for name in Settings.model_fields
        if name.endswith(("_host", "_port"))
    }
    return load().model_copy(update=unreachable)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A client of the application; an error inside becomes the answer 500, as for real clients."""
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_for_model(app)
        yield client


def wait_for_model(app: FastAPI) -> None:
    """Return when the application has loaded its model."""
    end = time.monotonic() + LOADING_SECONDS
    while app.state.predictor.model is None:
        assert time.monotonic() < end, "the model is not loaded in time"
        time.sleep(0.01)
