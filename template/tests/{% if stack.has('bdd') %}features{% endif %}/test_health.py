"""The scenarios of health.feature."""

from __future__ import annotations

from pytest_bdd import parsers, scenarios, then, when

from tests.support.repository import DEPLOYED, SERVICES
from tests.support.web import Answer, eventually

scenarios("health.feature")


@when(parsers.parse('every service is asked for its "{probe}" health'), target_fixture="answers")
def every_service_is_asked(probe: str, urls: dict[str, str]) -> dict[str, Answer]:
    """Ask all, and give them the time that a start may take."""
    return {name: eventually(urls[name] + SERVICES[name]["health"][probe], 200) for name in DEPLOYED}


@then(parsers.parse('each of them says "{status}"'))
def each_of_them_says(answers: dict[str, Answer], status: str) -> None:
    """Compare all, so that one failure does not hide another."""
    said = {name: answer.json()["status"] for name, answer in answers.items()}
    assert said == dict.fromkeys(answers, status)
