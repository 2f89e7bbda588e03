"""Web services serve their page, and pass on what is another service's."""

from __future__ import annotations

import os

import pytest

from tests.support.repository import SERVICES
from tests.support.web import addresses, request

URLS = addresses(os.environ.get("SMOKE_ENVIRONMENT", "development"))
WEB = [name for name, service in SERVICES.items() if service["role"] == "web"]
# The first service that a web service needs answers below /api, every further one below /<name>/api.
ROUTES = [
    (web, upstream, "/api" if position == 0 else f"/{upstream}/api")
    for web in WEB
    for position, upstream in enumerate(need for need in SERVICES[web]["needs"] if need in SERVICES)
]


def test_there_is_a_service_to_ask() -> None:
    assert URLS


@pytest.mark.parametrize("web", WEB)
@pytest.mark.parametrize("path", ["/", "/a/page/of/the/application"])
def test_every_page_is_the_application(web: str, path: str) -> None:
    answer = request(URLS[web] + path)
    assert answer.status == 200
    assert answer.type == "text/html"
    assert b"<script" in answer.body


@pytest.mark.parametrize(("web", "upstream", "route"), ROUTES)
def test_the_api_behind_a_web_service_is_reached_through_it(web: str, upstream: str, route: str) -> None:
    answer = request(f"{URLS[web]}{route}/there-is-no-such-thing")
    assert answer.type == "application/json", f"{web} answered by itself, not {upstream}"
    assert answer.status == 404
