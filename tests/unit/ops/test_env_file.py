from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from ops.checks import env_file

Check = Callable[[str], list[str]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Check:
    """Return a function that says what is wrong with a `.env`."""
    service = SimpleNamespace(host_port_variable="API_HOST_PORT", port=8000)
    (tmp_path / ".env.example").write_text("LOG_LEVEL=info\n#API_HOST_PORT=8000\n#API_DEBUG_PORT=5678\n")
    (tmp_path / "compose.override.yaml").write_text("services: {api: {environment: {OWN: ${OWN:-x}}}}\n")
    monkeypatch.setattr(env_file, "ROOT", tmp_path)
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    monkeypatch.setattr(env_file, "load", lambda: SimpleNamespace(services={"api": service}, stores={}))

    def findings(text: str) -> list[str]:
        (tmp_path / ".env").write_text(text)
        return [f"{f.level} {f.subject}: {f.what} → {f.remedy}" for f in env_file.check()]

    return findings


def test_no_file_is_fine(check: Check, tmp_path: Path) -> None:
    check("")
    (tmp_path / ".env").unlink()
    (finding,) = env_file.check()
    assert finding.level == "ok"


@pytest.mark.parametrize(
    "text", ["LOG_LEVEL=debug", "API_HOST_PORT=1", "API_HOST_PORT=65535", "API_HOST_PORT=", "OWN=1", "COMPOSE_FILE="]
)
def test_what_is_read_is_sound(check: Check, text: str) -> None:
    (finding,) = check(text)
    assert finding.startswith("ok .env: sound")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("API_HOST_PORT=80a", "error .env line 1: API_HOST_PORT is '80a', which is no port"),
        ("API_HOST_PORT=65536", "such as 8000"),
        ("API_DEBUG_PORT=٣٣", "error .env line 1: API_DEBUG_PORT"),
        ("LOG_LEVL=debug", "warning .env line 1: nothing reads LOG_LEVL; did you mean 'LOG_LEVEL'?"),
        ("LOG_LEVEL=info\nLOG_LEVEL=debug", "warning .env line 2: LOG_LEVEL is set on line 1 too"),
        ("COMPOSE_FILE=a.yaml", "belongs in compose.override.yaml"),
        ("LOG_LEVEL='debug", "error .env line 1: the value of LOG_LEVEL has no closing '"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(check: Check, text: str, said: str) -> None:
    (finding,) = check(text)
    assert said in finding


def test_what_is_no_text_is_refused(check: Check, tmp_path: Path) -> None:
    check("")
    (tmp_path / ".env").write_bytes(b"A=\xff\n")
    (finding,) = env_file.check()
    assert (finding.level, finding.subject) == ("error", ".env")


def test_files_that_only_some_tasks_would_read_are_warned_of(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSE_FILE", "a.yaml")
    sound, finding = check("LOG_LEVEL=debug")
    assert sound.startswith("ok .env")
    assert finding.startswith("warning COMPOSE_FILE: `make up`")
