"""How long a request takes in the application itself, without a network and without stores."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from pytest_benchmark.fixture import BenchmarkFixture

from app.main import create_app


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """A client of the application with the settings of development."""
    with TestClient(create_app()) as client:
        yield client


def test_health(benchmark: BenchmarkFixture, client: TestClient) -> None:
    """The shortest request: what all others take at least."""
    answer = benchmark(client.get, "/health")
    assert answer.status_code == 200


def test_refusal(benchmark: BenchmarkFixture, client: TestClient) -> None:
    """A request that no route takes."""
    answer = benchmark(client.get, "/api/there-is-no-such-thing")
    assert answer.status_code == 404


def test_metrics(benchmark: BenchmarkFixture, client: TestClient) -> None:
    """What Prometheus asks for all the time."""
    answer = benchmark(client.get, "/metrics")
    assert answer.status_code == 200
