"""A Redis database of the tests' own, flushed after each of them.

Where it cannot be reached the tests are skipped; with CI or REQUIRE_SERVICES set they fail.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from redis.exceptions import RedisError

from app.main import create_app
from app.settings import Settings, load
from tests.conftest import wait_for_model

REDIS_DB = 15


def unreachable(store: str, error: Exception) -> None:
    """Skip the tests or, where the stores are promised, fail them."""
    reason = f"{store} cannot be reached: {error!r}"
    if os.environ.get("CI") or os.environ.get("REQUIRE_SERVICES"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def stores(model_path: Path) -> Settings:
    """Settings with which everything can be written to and nothing is lost."""
    settings = load().model_copy(update={"model_path": model_path, "redis_db": REDIS_DB})
    try:
        redis_client(settings).ping()
    except RedisError as error:
        unreachable("Redis", error)
    return settings


def redis_client(settings: Settings) -> Redis:
    """Return a client of the tests' Redis database."""
    return Redis(
        host=settings.redis_host,
        port=settings.redis_port,
        db=settings.redis_db,
        password=settings.redis_password.get_secret_value() or None,
        socket_connect_timeout=2,
    )


@pytest.fixture
def settings(stores: Settings) -> Iterator[Settings]:
    """The same settings, with the stores emptied after each test."""
    yield stores
    with redis_client(stores) as redis:
        redis.flushdb()


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A client of the application with these stores."""
    app = create_app(settings)
    with TestClient(app) as client:
        wait_for_model(app)
        yield client
