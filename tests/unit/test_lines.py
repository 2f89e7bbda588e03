"""The two forms of `services`."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given

from model.answers import parse_services
from support.render import renderer
from support.strategies import line, plain_services


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("api:fastapi", [{"name": "api", "kind": "fastapi"}]),
        (" api : fastapi : 9000 ", [{"name": "api", "kind": "fastapi", "port": 9000}]),
        ("api:fastapi>postgres+redis", [{"name": "api", "kind": "fastapi", "needs": ["postgres", "redis"]}]),
        ("api:fastapi:9000 > redis", [{"name": "api", "kind": "fastapi", "port": 9000, "needs": ["redis"]}]),
        ("api:fastapi >", [{"name": "api", "kind": "fastapi", "needs": []}]),
        (
            "a:fastapi,\n  b:react > a",
            [{"name": "a", "kind": "fastapi"}, {"name": "b", "kind": "react", "needs": ["a"]}],
        ),
        ("", []),
        ("[{name: a, kind: fastapi, port: 9000}]", [{"name": "a", "kind": "fastapi", "port": 9000}]),
    ],
)
def test_lines(text: str, services: list[dict[str, Any]]) -> None:
    assert parse_services(text) == services


@given(plain_services())
def test_a_line_reads_as_its_list(services: list[dict[str, Any]]) -> None:
    assert parse_services(line(services)) == services
    assert parse_services(yaml.safe_dump(services, default_flow_style=True, width=10**6)) == services


@given(plain_services())
def test_both_forms_give_the_same_stack(services: list[dict[str, Any]]) -> None:
    as_line, as_list = (renderer().stack({"preset": "custom", "services": form}) for form in (line(services), services))
    assert as_line == as_list
