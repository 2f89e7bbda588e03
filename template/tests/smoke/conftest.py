"""Whether there is anything for smoke tests to ask."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

import pytest

from tests.support.web import SECONDS, addresses


@pytest.fixture(scope="session", autouse=True)
def something_answers() -> None:
    """End in one sentence where nothing listens: each test would say so again, with a traceback."""
    environment = os.environ.get("SMOKE_ENVIRONMENT", "development")
    urls = addresses(environment)
    if urls and not any(map(_listens, urls.values())):
        start = "make up" if environment == "development" else f"make deploy environment={environment} TAG=1.2.3"
        pytest.exit(f"nothing answers at {', '.join(urls.values())}: start it with `{start}`", returncode=1)


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((str(parts.hostname), parts.port or 80), SECONDS):
            return True
    except OSError:
        return False
