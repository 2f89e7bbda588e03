"""Every bad answer is refused by a sentence that says what, where and what would be right."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from answers.table import TABLE
from support.catalog import refusals
from support.sentences import unreadable


def test_the_table_is_large() -> None:
    assert len(TABLE) >= 300
    assert len({pickle.dumps(row) for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize(
    ("given", "fragment"), TABLE, ids=[f"{n}-{'-'.join(map(str, row[0]))[:30]}" for n, row in enumerate(TABLE)]
)
def test_bad_answer_is_refused(given: dict[str, Any], fragment: str) -> None:
    sentences = refusals(given)
    assert [sentence for sentence in sentences if fragment in sentence], sentences
    assert not [(unreadable(sentence), sentence) for sentence in sentences if unreadable(sentence)]
    assert len(sentences) == len(set(sentences))
    assert len(sentences) <= 12
