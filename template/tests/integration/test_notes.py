"""The sample feature through the whole stack: a web service, the service behind it, and its stores."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.support.repository import SERVICES
from tests.support.web import eventually, request

# A web service passes /api on to the first service that it needs.
BEHIND = {
    name: next((need for need in service["needs"] if need in SERVICES), None)
    for name, service in SERVICES.items()
    if service["role"] == "web"
}


@pytest.fixture(params=[web for web, service in BEHIND.items() if service and SERVICES[service]["example"] == "notes"])
def web(request: pytest.FixtureRequest) -> str:
    """Each web service that has notes behind it."""
    return str(request.param)


@pytest.fixture
def notes(web: str, urls: dict[str, str]) -> str:
    """The URL of the notes behind a web service."""
    return f"{urls[web]}/api/notes"


def _create(notes: str) -> tuple[int, str]:
    title = f"note {uuid.uuid4()}"
    created = request(notes, "POST", {"title": title, "body": "from a test"})
    assert created.status == 201, created.body
    return created.json()["id"], title


def _titles(notes: str) -> list[str]:
    answer = eventually(notes, 200)
    assert answer.status == 200, answer.body
    return [note["title"] for note in answer.json()]


def test_a_note_is_stored_listed_and_deleted(notes: str) -> None:
    number, title = _create(notes)
    assert title in _titles(notes)
    assert request(f"{notes}/{number}", "DELETE").status == 204
    assert title not in _titles(notes)


def test_a_bad_note_is_refused(notes: str) -> None:
    assert request(notes, "POST", {"body": "without a title"}).status == 422


def test_a_note_outlives_a_restart_of_its_service(notes: str, web: str, compose: Callable[..., str]) -> None:
    _, title = _create(notes)
    compose("restart", str(BEHIND[web]))
    assert title in _titles(notes)
