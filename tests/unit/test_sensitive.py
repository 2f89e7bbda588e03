from __future__ import annotations

import pytest

from model.sensitive import is_secret_name, is_secret_value


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "DB_PASSWORD",
        "API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "MY_SECRET",
        "DB_PWD",
        "SSH_PRIVATE_KEY",
    ],
)
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "TOKENIZERS_PARALLELISM",
        "MAX_TOKENS",
        "DB_PASSWORD_FILE",
        "KEYBOARD",
        "FEATURE_FLAGS",
        "AUTHOR",
        "PUBLIC_KEY_URL",
    ],
)
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "value",
    [
        "postgres://app:hunter2@db/app",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "Zk9qT3v1XbL0pW7sYc2RmN8uHj5eGd4A",
    ],
)  # fmt: skip
def test_secret_values(value: str) -> None:
    assert is_secret_value(value)


@pytest.mark.parametrize(
    "value",
    [
        "https://example.com/a/long/path/that/is/no/secret/at/all?x=1",
        "postgres://db/app",
        "https://user@example.com/",
        "Mozilla/5.0 (compatible; something)",
        "a-very-long-name-of-a-feature-that-someone-turned-on",
        "2026-01-01T00:00:00Z",
        "=" * 60,
        "11111111111111111111111111111111",
        "europe-west1-docker.pkg.dev/project/repository/image",
        "apps/CHVeD9l2jT/dist/requirements-dev.txt",
    ],
)  # fmt: skip
def test_other_values(value: str) -> None:
    assert not is_secret_value(value)
