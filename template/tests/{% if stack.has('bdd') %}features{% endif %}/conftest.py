"""The stack of compose.test.yaml, which `make test-features` has started, and steps that scenarios share."""

from __future__ import annotations

import pytest
from pytest_bdd import parsers, then

from tests.support.web import Answer, addresses


@pytest.fixture
def urls() -> dict[str, str]:
    """The URL of each service."""
    found = addresses("test")
    assert found, "nothing runs; start the scenarios with make test-features"
    return found


@then(parsers.parse("the answer is {status:d}"))
def the_answer_is(answer: Answer, status: int) -> None:
    """Compare the status of the last answer."""
    assert answer.status == status, answer.body
