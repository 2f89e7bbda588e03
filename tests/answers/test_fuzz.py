"""Answers spoiled at random are refused readably, or make a project; nothing crashes and nothing is written."""

from __future__ import annotations

import random
from typing import Any

import pytest
from copier.errors import UserMessageError
from hypothesis import given, settings

from support.catalog import refusals
from support.mutations import mutated
from support.render import renderer
from support.sentences import unreadable
from support.strategies import answers, sizes

REFUSED = 2500
PARTS = 5


def valid_answers() -> list[dict[str, Any]]:
    pool: list[dict[str, Any]] = []

    @settings(max_examples=80)
    @given(answers(sizes().map(lambda size: min(size, 6))))
    def collect(drawn: dict[str, Any]) -> None:
        pool.append(drawn)

    collect()
    return pool


@pytest.mark.parametrize("part", range(PARTS))
def test_spoiled_answers(part: int) -> None:
    chance = random.Random(f"slipway {part}")  # noqa: S311 - chance, not secrecy
    pool = valid_answers()
    refused = accepted = 0
    while refused < REFUSED // PARTS:
        given_ = mutated(chance.choice(pool), chance)
        sentences = refusals(given_)
        if sentences:
            refused += 1
            assert not [(unreadable(s), s) for s in sentences if unreadable(s)], given_
            with pytest.raises(UserMessageError):
                renderer().check(given_)
        else:
            accepted += 1
            renderer().check(given_)
            assert renderer().render(given_)[".copier-answers.yml"].content
    assert accepted < refused, "most of what is spoiled must be bad"
