import json
import logging
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest

from app import logs
from app.settings import Settings

SECRET = 's3-cr_3t.~/with special+"signs"\\&ü😀@\n'


@pytest.fixture(autouse=True)
def restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@pytest.fixture
def redactor() -> logs.Redactor:
    return logs.Redactor([SECRET])


def record(message: str, **extra: object) -> logging.LogRecord:
    return logging.getLogger("app.test").makeRecord(
        "app.test", logging.INFO, __file__, 1, message, (), None, extra=extra
    )


def test_json_has_one_object_a_line_with_the_extras(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(settings.model_copy(update={"environment": "production"}))
    logging.getLogger("app.test").info("two\nlines", extra={"status": 200})
    (line,) = capsys.readouterr().out.splitlines()
    entry = json.loads(line)
    assert entry.pop("timestamp").endswith("+00:00")
    assert entry == {
        "level": "info",
        "logger": "app.test",
        "message": "two\nlines",
        "status": 200,
    }


def test_json_holds_exceptions_without_secrets(redactor: logs.Redactor) -> None:
    failure = record("it failed")
    try:
        raise ValueError(f"cannot log in with {SECRET}")
    except ValueError as error:
        failure.exc_info = (type(error), error, error.__traceback__)
    for formatter in (logs.JsonFormatter(redactor), logs.ReadableFormatter(redactor, colour=False)):
        line = formatter.format(failure)
        assert "ValueError: cannot log in with [redacted]" in line
        assert SECRET not in line


def test_development_is_readable_and_coloured_unless_asked_not_to(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    development = settings.model_copy(update={"environment": "development"})
    monkeypatch.delenv("NO_COLOR", raising=False)
    logs.configure(development)
    logging.getLogger("app.test").warning("careful", extra={"path": "/x"})
    assert "\033[33m" in capsys.readouterr().out

    monkeypatch.setenv("NO_COLOR", "1")
    logs.configure(development)
    logging.getLogger("app.test").warning("careful", extra={"path": "/x"})
    assert capsys.readouterr().out.endswith("WARNING  app.test: careful path=/x\n")


def test_records_below_the_level_are_dropped(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(settings.model_copy(update={"log_level": "warning"}))
    logging.getLogger("app.test").info("chatter")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"it was {SECRET}", "it was [redacted]"),
        (quote(SECRET), "[redacted]"),
        (quote(SECRET, safe=""), "[redacted]"),
        (quote_plus(SECRET), "[redacted]"),
        (quote(SECRET, safe="!'()*,/:;=?@&+$#").lower(), "[redacted]"),
        (json.dumps({"a": SECRET}), '{"a": "[redacted]"}'),
        (json.dumps({"a": SECRET}, ensure_ascii=False), '{"a": "[redacted]"}'),
        (b64encode(SECRET.encode()).decode().rstrip("="), "[redacted]"),
        (urlsafe_b64encode(SECRET.encode()).decode().rstrip("="), "[redacted]"),
        ("postgresql://me:hunter2@host/db", "postgresql://me:[redacted]@host/db"),
        ("redis://:hunter2@host", "redis://:[redacted]@host"),
        ("password=hunter2, next", "password=[redacted], next"),
        ("{'api_key': 'a b c', 'x': 1}", "{'api_key': [redacted], 'x': 1}"),
        ("?access_token=abc&page=2", "?access_token=[redacted]&page=2"),
        ("Authorization: Basic aGk6aG8=", "Authorization: Basic [redacted]"),
        ("Authorization: abc", "Authorization: [redacted]"),
        (r'"password": "a\"b c", next', '"password": [redacted], next'),
        (r"{\"token\":\"a b\",\"x\":1}", r"{\"token\":[redacted],\"x\":1}"),
        (r"{\\\"token\\\":\\\"a b\\\"}", r"{\\\"token\\\":[redacted]}"),
        (r"{\'token\': \'a b\'}", r"{\'token\': [redacted]}"),
        (r"{\"Authorization\":\"Basic a\"}", r"{\"Authorization\":\"Basic [redacted]\"}"),
        ("bearer abcdefghijklmnop.qrst", "bearer [redacted]"),
        ("got eyJhbGciOiJI.eyJzdWIi.c2ln here", "got [redacted] here"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMII", "-----BEGIN PRIVATE KEY-----[redacted]"),
    ],
)
def test_secrets_are_redacted_in_text(redactor: logs.Redactor, text: str, expected: str) -> None:
    assert redactor.text(text) == expected


def test_a_secret_too_short_to_tell_from_words_is_no_secret() -> None:
    assert logs.Redactor(["", "x"]).text("next") == "next"


@pytest.mark.parametrize(
    "text",
    ["GET /api/notes?limit=5", "http://host:8000/path", "the password is wrong", "12:30:05"],
)
def test_ordinary_text_is_left_alone(redactor: logs.Redactor, text: str) -> None:
    assert redactor.text(text) == text


def test_secrets_are_redacted_in_extras(redactor: logs.Redactor) -> None:
    value = redactor.value(
        {
            "db_password": "x",
            "headers": [{"Authorization": "x"}, ("a", SECRET)],
            "tokens_used": 7,
            "none": None,
        }
    )
    assert value == {
        "db_password": "[redacted]",
        "headers": [{"Authorization": "[redacted]"}, ["a", "[redacted]"]],
        "tokens_used": 7,
        "none": None,
    }
