"""Production images start beside all that they need."""

from __future__ import annotations

import pytest

from tests.support.repository import DEPLOYED, SERVICES
from tests.support.web import eventually


@pytest.mark.parametrize("service", DEPLOYED)
def test_a_service_is_ready(service: str, urls: dict[str, str]) -> None:
    answer = eventually(urls[service] + SERVICES[service]["health"]["ready"], 200)
    assert answer.status == 200, answer.body
