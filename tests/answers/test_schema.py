"""The published JSON Schema accepts and refuses exactly what the model's shape does."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from answers.table import TABLE
from model.answers import Answers
from support.catalog import catalog
from support.mutations import mutated
from support.render import ROOT, renderer
from support.strategies import answers

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "answers.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)


def fits_model(data: dict[str, Any]) -> bool:
    """Return whether the shape takes these answers, completed, with kinds and preset of the catalog."""
    own = {key: value for key, value in data.items() if not key.startswith("_")}
    try:
        read = Answers.model_validate({**renderer().answers({}), **own})
    except ValidationError:
        return False
    services = read.services if isinstance(read.services, list) else []
    libraries = [library.kind for library in read.libraries]
    return (
        read.preset in catalog().presets
        and all(service.kind in catalog().kinds for service in services)
        and all(kind in catalog().libraries for kind in libraries)
    )


def is_json(value: Any) -> bool:
    """Return whether a value is what JSON can hold: other things never reach a JSON Schema."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_json(key) for key in value) and all(map(is_json, value.values()))
    if isinstance(value, list):
        return all(map(is_json, value))
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")  # noqa: PLR0124 - not equal to itself is NaN
    # A number of thousands of digits is JSON, but jsonschema cannot print it.
    return value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**1000)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_question_is_in_it() -> None:
    assert set(SCHEMA["properties"]) == set(Answers.model_fields) == set(renderer().questions)


@settings(max_examples=100)
@given(answers())
def test_valid_answers_fit(given_: dict[str, Any]) -> None:
    assert fits_model(given_)
    assert not list(VALIDATOR.iter_errors(given_))


@settings(max_examples=300)
@given(answers(st.integers(1, 3)), st.integers())
def test_spoiled_answers_fit_both_or_neither(given_: dict[str, Any], seed: int) -> None:
    bad = mutated(given_, random.Random(seed))  # noqa: S311 - chance, not secrecy
    if is_json(bad):
        assert VALIDATOR.is_valid(bad) == fits_model(bad)


@pytest.mark.parametrize(
    "data", [row[0] for row in TABLE if is_json(row[0])], ids=range(len([r for r in TABLE if is_json(r[0])]))
)
def test_bad_answers_fit_both_or_neither(data: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid(data) == fits_model(data)


def test_what_copier_records_is_allowed() -> None:
    assert VALIDATOR.is_valid(
        {"_commit": "v0.1.0", "_src_path": "https://example.com/slipway.git", "project_name": "Shop"}
    )
