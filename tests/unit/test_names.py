from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.names import (
    DOMAIN_PATTERN,
    LABEL_PATTERN,
    PATH_PATTERN,
    listing,
    near,
    path_problem,
    shown,
    slug_of,
)
from model.problems import of
from support.catalog import catalog, refusals
from support.strategies import owners, texts


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("My App", "my-app"),
        ("My Shop 2", "my-shop-2"),
        ("  --Shop--  ", "shop"),
        ("Café del Mar", "cafe-del-mar"),
        ("Straße", "stra-e"),
        ("Tom & Jerry's", "tom-jerry-s"),
        ("3D Printer", "d-printer"),
        ("東京", "app"),
        ("2026", "app"),
        ("Default", "app-default"),
        ("Public", "app-public"),
        ("PG Admin", "app-pg-admin"),
        ("kube system", "app-kube-system"),
        ("x" * 60, "x" * 40),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text(max_size=80))
def test_every_text_has_a_valid_slug(text: str) -> None:
    assert of("project_slug", slug_of(text), {}, catalog()) == []


@given(texts(60), owners(), st.sampled_from(sorted(catalog().presets)))
def test_what_the_questionnaire_derives_is_valid(name: str, owner: str, preset: str) -> None:
    """A default that is refused would end the questionnaire with a traceback."""
    assert refusals({"project_name": name, "owner": owner, "preset": preset}) == []


def test_near() -> None:
    assert near("fastpai", ["fastapi", "react"]) == "; did you mean 'fastapi'?"
    assert near("django", ["fastapi", "react"]) == ""
    assert near(None, ["fastapi"]) == ""


def test_listing() -> None:
    assert [listing(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


@given(st.one_of(st.text(), st.binary(), st.integers(), st.floats(), st.dates(), st.lists(st.text()), st.none()))
def test_whatever_is_shown_is_short_and_printable(value: object) -> None:
    said = shown(value)
    assert said.isprintable()
    assert len(said) <= 80


def test_what_is_shown_of_numbers_without_end() -> None:
    assert shown(10**5000) == "a huge number"
    assert shown([10**5000]) == "a value with a huge number"


@pytest.mark.parametrize(
    "path", ["../x", "a/../../b", "/etc", "C:/x", "\\x", "a\\b", "a/con/b", "x.", "docs", "compose.yaml"]
)
def test_paths_that_hold_no_service(path: str) -> None:
    assert path_problem(path)


@pytest.mark.parametrize(
    "path", ["backend", "services/api", "apps/web.v2", "a/b/c/d/e/f", "my_app", "services/docs", "console"]
)
def test_paths_that_do(path: str) -> None:
    assert path_problem(path) is None
    assert re.fullmatch(PATH_PATTERN, path)


@pytest.mark.parametrize("pattern", [LABEL_PATTERN, DOMAIN_PATTERN, PATH_PATTERN])
def test_patterns_are_quick_on_long_nonsense(pattern: str) -> None:
    for text in ("a" * 20_000 + "!", "a." * 10_000 + "!", "a/" * 10_000, "a-" * 10_000 + "!", "a " * 10_000 + "\n"):
        assert not re.fullmatch(pattern, text)
