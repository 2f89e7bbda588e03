from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from ops.checks import secret_files
from ops.stack import Secret

Check = Callable[[str], list[tuple[str, str]]]


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Check:
    """Return a function that says what is wrong with a secret that somebody else gives, and what to do."""
    secret = Secret("api_key", "key of an outside API", "api", generated=False)
    monkeypatch.setattr(secret_files, "ROOT", tmp_path)
    monkeypatch.setattr(secret_files, "load", lambda: SimpleNamespace(secrets={"api_key": secret}, services={"api"}))
    (tmp_path / "secrets").mkdir(mode=0o700)

    def findings(text: str) -> list[tuple[str, str]]:
        file = tmp_path / "secrets" / "api_key"
        file.write_text(text)
        file.chmod(0o644)
        found = secret_files.check("compose", tmp_path / "secrets", required=True)
        return [(finding.what, finding.remedy) for finding in found if finding.level == "error"]

    return findings


@pytest.mark.parametrize(("kept", "said"), [(True, "keeps its old one"), (False, "takes it over when it starts")])
def test_what_a_new_password_means_is_said(
    monkeypatch: pytest.MonkeyPatch, check: Check, kept: bool, said: str
) -> None:
    secret = Secret("api_key", "password of a store", "store", generated=True, kept=kept)
    monkeypatch.setattr(secret_files, "load", lambda: SimpleNamespace(secrets={"api_key": secret}))
    ((_, remedy),) = check("changeme")
    assert said in remedy


@pytest.mark.parametrize("text", ["a-long-enough-value", "a-long-enough-value\n"])
def test_a_newline_at_the_end_is_none_of_the_value(check: Check, text: str) -> None:
    assert check(text) == []


@pytest.mark.parametrize("text", ["", "\n", " a-long-enough-value", "a-long-enough-value\n\n", "changeme", "short"])
def test_what_to_do_is_a_whole_command(check: Check, tmp_path: Path, text: str) -> None:
    ((_, remedy),) = check(text)
    subprocess.run(["sh", "-ec", remedy.replace("VALUE", "a-long-enough-value")], cwd=tmp_path, check=True)
    assert (tmp_path / "secrets" / "api_key").read_text() == "a-long-enough-value"
