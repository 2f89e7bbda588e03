"""How long a prediction takes: the model alone, and a request without a network and without stores."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pytest_benchmark.fixture import BenchmarkFixture

from app.inference import Model
from app.main import create_app
from app.settings import load
from training.__main__ import train

FLOWER = [5.1, 3.5, 1.4, 0.2]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example model."""
    path = tmp_path_factory.mktemp("model") / "model.onnx"
    train(path)
    return path


@pytest.fixture(scope="module")
def client(path: Path) -> Iterator[TestClient]:
    """A client of the application with the settings of development and a loaded model."""
    app = create_app(load().model_copy(update={"model_path": path}))
    with TestClient(app) as client:
        while app.state.predictor.model is None:
            time.sleep(0.01)
        yield client


def test_loading(benchmark: BenchmarkFixture, path: Path) -> None:
    """Reading the model and warming it up."""
    model = benchmark(Model, path)
    assert model.name == "iris"


@pytest.mark.parametrize("rows", [1, 64])
def test_inference(benchmark: BenchmarkFixture, path: Path, rows: int) -> None:
    """The model alone."""
    probabilities = benchmark(Model(path).predict, [FLOWER] * rows)
    assert len(probabilities) == rows


def test_health(benchmark: BenchmarkFixture, client: TestClient) -> None:
    """The shortest request: what all others take at least."""
    answer = benchmark(client.get, "/health")
    assert answer.status_code == 200


def test_metrics(benchmark: BenchmarkFixture, client: TestClient) -> None:
    """What Prometheus asks for all the time."""
    answer = benchmark(client.get, "/metrics")
    assert answer.status_code == 200
