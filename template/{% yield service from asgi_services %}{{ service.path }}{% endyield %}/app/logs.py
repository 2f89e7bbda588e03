"""Logs on standard output, without secrets: JSON where deployed, readable lines elsewhere."""

import json
import logging
import os
import re
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime

from app.settings import Settings

# The identifier of the request that is being answered, for every record that is made meanwhile.
REQUEST_ID: ContextVar[str] = ContextVar("request_id")
REDACTED = "[redacted]"
SHORTEST = 4  # a shorter secret is part of ordinary words

_TELLING = (
    r"pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|cookie|api[-_]?key|private[-_]?key"
)
# In a text that is quoted itself, as repr does, quotes have backslashes before them.
_QUOTE = r"(?:\\*[\"'])?"
_VALUE = (
    r"(?:\\\"(?:[^\"\\]|\\[^\"])*\\\"|\\+\"[^\"]*\"|\"(?:[^\"\\]|\\.)*\""
    r"|\\*'[^']*'|[^\s\"',;&)}\]]+)"
)
_SECRET_NAME = re.compile(rf"(?:^|[-_.])(?:{_TELLING}|authorization)$", re.IGNORECASE)
# Secrets in the text of a message: each pattern keeps its first group.
_SECRET_TEXTS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"(://[^/\s:@]*:)[^/\s@]+(?=@)",
        rf"((?:{_TELLING}){_QUOTE}\s*[=:]\s*){_VALUE}",
        rf"(\bauthorization{_QUOTE}\s*[=:]\s*{_QUOTE}(?:[a-z]+\s+)?)[^\s\"\\',;}}\]]+",
        r"(\bbearer\s+)[\w.~+/=-]{16,}",
        r"()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+",
        r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END|\Z)",
    )
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_COLOURS = {"DEBUG": "2", "INFO": "32", "WARNING": "33", "ERROR": "31", "CRITICAL": "1;31"}


class Redactor:
    """Replaces secrets: those it was given, values with telling names, and what looks like one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = [secret for secret in secrets if len(secret) >= SHORTEST]
        # The longest first: one secret may be part of another.
        known.sort(key=len, reverse=True)
        forms = [form for secret in known for form in (_any_encoding(secret), *_base64(secret))]
        # Without secrets, nothing: an empty pattern would be found everywhere.
        self._known = re.compile("|".join(forms) or "(?!)")

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        text = self._known.sub(REDACTED, text)
        for pattern in _SECRET_TEXTS:
            text = pattern.sub(rf"\1{REDACTED}", text)
        return text

    def value(self, value: object, name: str = "") -> object:
        """Return a value of this name without secrets, in types that JSON has."""
        if _SECRET_NAME.search(name):
            return REDACTED
        match value:
            case None | bool() | int() | float():
                return value
            case dict():
                return {str(key): self.value(item, str(key)) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(item) for item in value]
            case _:
                return self.text(str(value))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: timestamp, level, logger, message, then what `extra` held."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {name: value for name, value in _extras(record).items() if name not in entry}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(self._redactor.value(entry), ensure_ascii=False)


class ReadableFormatter(logging.Formatter):
    """Time, level, logger, message, extras as key=value; in colour if asked to."""

    def __init__(self, redactor: Redactor, *, colour: bool) -> None:
        super().__init__()
        self._redactor = redactor
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S.%f")[:-3]
        level = self._paint(f"{record.levelname:<8}", _COLOURS.get(record.levelname, "0"))
        extras = "".join(
            f" {self._paint(f'{name}=', '2')}{self._redactor.value(value, name)}"
            for name, value in _extras(record).items()
        )
        message = self._redactor.text(record.getMessage())
        line = f"{self._paint(time, '2')} {level} {record.name}: {message}{extras}"
        if record.exc_info:
            line += f"\n{self._redactor.text(self.formatException(record.exc_info))}"
        return line

    def _paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self._colour else text


def configure(settings: Settings) -> None:
    """Send every logger's records to standard output in the form for this environment."""
    redactor = Redactor(settings.secrets)
    colour = settings.environment == "development" and "NO_COLOR" not in os.environ
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        JsonFormatter(redactor) if settings.deployed else ReadableFormatter(redactor, colour=colour)
    )
    handler.addFilter(_identify)
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    logging.captureWarnings(capture=True)


def _identify(record: logging.LogRecord) -> bool:
    if identifier := REQUEST_ID.get(""):
        record.request_id = identifier
    return True


def _any_encoding(secret: str) -> str:
    """Return a pattern for the secret as it is, in URLs and in JSON.

    Which characters are escaped depends on what wrote it, so each may be or may not.
    """
    return "".join(_any_form(character) for character in secret)


def _any_form(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    # What the environment has in no encoding is in such a text as a surrogate.
    percent = "".join(f"%{byte:02x}" for byte in character.encode(errors="surrogateescape"))
    units = character.encode("utf-16-be", errors="surrogatepass").hex(" ", 2).split()
    unicode = "".join(rf"\\u{unit}" for unit in units)
    escaped = json.dumps(character, ensure_ascii=False)[1:-1]
    forms = [re.escape(character), re.escape(escaped), f"(?i:{percent}|{unicode})"]
    if character == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(dict.fromkeys(forms))})"


def _base64(secret: str) -> list[str]:
    content = secret.encode(errors="surrogateescape")
    both = (b64encode(content), urlsafe_b64encode(content))
    return [re.escape(encoded.decode().rstrip("=")) for encoded in both]


def _extras(record: logging.LogRecord) -> dict[str, object]:
    """Return what the caller passed as `extra`."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
