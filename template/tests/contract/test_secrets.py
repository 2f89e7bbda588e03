"""No secret is where others can read it."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.support.repository import ROOT, SECRETS, data, text

IGNORED = [
    ".env",
    "secrets/x",
    "backups/x",
    "deploy/kubernetes/overlays/production/secrets/x",
]


@pytest.mark.parametrize("path", IGNORED)
def test_git_ignores_files_with_secrets_and_data(path: str) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is not a git repository yet")
    checked = subprocess.run(["git", "check-ignore", "--quiet", "--no-index", path], cwd=ROOT, check=False)
    assert checked.returncode == 0, f"git would commit {path}"


def test_the_recorded_answers_hold_no_secret() -> None:
    # Copier's record, which `--answers-file` may have named.
    records = [file.name for file in ROOT.glob(".*.y*ml") if "_src_path:" in file.read_text(encoding="utf-8")]
    answers = str([data(name) for name in records]).lower()
    assert not [secret for secret in SECRETS if secret in answers]
    assert "password" not in answers


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_has_no_value_outside_development_and_test(secret: str) -> None:
    variable = SECRETS[secret]["variable"]
    for file in sorted(ROOT.glob("compose.*.yaml")):
        if file.name not in ("compose.test.yaml", "compose.override.yaml"):
            assert not re.search(rf"^\s*{variable}:", text(file.name), re.MULTILINE), file.name
