"""T9: no secret stands in the answers file, nor in any other file that is committed."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from model.sensitive import is_secret_name, is_secret_value
from support.catalog import refusals
from support.render import Tree, renderer
from support.samples import SAMPLES
from support.strategies import Answers, answers

# Tests of what hides secrets hold some, made up.
SOURCE = (".py", ".ts", ".tsx", ".go", ".rs")
SETTINGS = (".yaml", ".yml", ".env", ".example", ".hcl", ".json")
LOCKS = ("package-lock.json", "go.sum", "Cargo.lock", ".ico", ".png")
# Long random texts that are no secrets: digests of packages, of commits and of images.
DIGESTS = re.compile(
    r"--hash=sha256:[0-9a-f]{64}|sha(256|384|512)-[A-Za-z0-9+/=]+|@[0-9a-f]{40}\b|@sha256:[0-9a-f]{64}|h1:[A-Za-z0-9+/=]{44}"
)
# `NAME: value`, `NAME=value`, `"name": "value"` with a name that says it is secret.
ASSIGNED = re.compile(
    r"(?i)[\"']?\b(?P<name>[A-Z_]*(?:PASSWORD|SECRET_KEY|API_KEY|TOKEN|PASSPHRASE))[\"']?\s*[:=]\s*[\"']?(?P<value>[^\s\"',#)}\]]+)"
)
# The only value that a password may have in a file: the one of containers on the developer's machine.
HARMLESS = re.compile(r"development|true|false|-?\$.*|\{.*|<.*|\*+|\.\.\.|…|None|str|SecretStr.*|test.*")


def revealed(files: Tree, services: Collection[str] = ()) -> list[str]:
    """Return the lines that seem to hold a secret; a service may be named "token", and is then followed by much."""
    return [
        line
        for path, file in files.items()
        if not path.endswith(LOCKS)
        for line, name in _revealed(path, file.text)
        if name.lower() not in services
    ]


# Most files are the same in every project.
@functools.lru_cache(maxsize=4096)
def _revealed(path: str, text: str) -> tuple[tuple[str, str], ...]:
    """Return such lines of a file, each with the name of what it seems to give the secret to."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not path.endswith(SOURCE) and is_secret_value(DIGESTS.sub("", line)):
            found.append((f"{path}:{number}: {line.strip()}", ""))
        if path.endswith(SETTINGS):
            found += [
                (f"{path}:{number}: {match[0]}", match["name"])
                for match in ASSIGNED.finditer(line)
                if not HARMLESS.fullmatch(match["value"])
            ]
    return tuple(found)


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_hold_no_secret(name: str) -> None:
    found = revealed(renderer().render(SAMPLES[name]))
    assert not found


@settings(max_examples=50)
@given(answers())
def test_no_project_holds_a_secret(given_: Answers) -> None:
    services = {service.name for service in renderer().stack(given_).services}
    found = revealed(renderer().render(given_), services)
    assert not found


@given(answers())
def test_the_answers_file_records_the_answers_and_nothing_else(given_: Answers) -> None:
    text = renderer().render(given_)[".copier-answers.yml"].text
    recorded: dict[str, Any] = yaml.safe_load(text)
    assert recorded == renderer().answers(given_)


@given(
    st.sampled_from(
        ["PASSWORD", "DB_PASSWORD", "API_KEY", "SECRET_KEY", "GITHUB_TOKEN", "SIGNING_KEY", "X_CREDENTIALS"]
    ),
    st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=30),
)
def test_a_secret_in_env_is_refused(name: str, value: str) -> None:
    assert is_secret_name(name)
    given_ = {"preset": "custom", "services": [{"name": "api", "kind": "fastapi", "env": {name: value}}]}
    assert any("looks like a secret" in sentence for sentence in refusals(given_))


@given(st.binary(min_size=20, max_size=64))
def test_a_random_value_in_env_is_refused(value: bytes) -> None:
    given_ = {"preset": "custom", "services": [{"name": "api", "kind": "fastapi", "env": {"A": value.hex()}}]}
    # A few bytes that repeat are no secret.
    if len(set(value)) > 16:
        assert any("looks like a secret" in sentence for sentence in refusals(given_))
