"""A store that goes away is named by those who need it, and found again when it is back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.repository import SERVICES, STORES
from tests.support.web import eventually, request

PAIRS = [(service, store) for store in STORES for service in STORES[store]["users"]]


@pytest.mark.parametrize(("service", "store"), PAIRS)
def test_readiness_names_a_store_that_is_gone(
    service: str, store: str, urls: dict[str, str], compose: Callable[..., str]
) -> None:
    url = urls[service]
    health = SERVICES[service]["health"]
    assert eventually(url + health["ready"], 200).status == 200
    compose("stop", "--timeout", "5", store)
    try:
        answer = eventually(url + health["ready"], 503)
        assert answer.status == 503
        assert [name for name, state in answer.json()["checks"].items() if state != "ok"] == [store]
        assert request(url + health["live"]).status == 200, "the process itself is well"
    finally:
        compose("start", store)
    assert eventually(url + health["ready"], 200).status == 200
