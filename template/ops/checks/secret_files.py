"""Whether the files with secrets are there, sound, and nobody else's to read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ops.report import Finding, error, ok, warning
from ops.stack import ROOT, Secret, load

# Nobody guesses a value of this length, and no word that people put in for the time being is as long.
SHORTEST = 12
# What a new value of a password means to the store that knows the old one.
_AT_THE_NEXT_START = "the store takes it over when it starts again"
_KEPT = "a store with data keeps its old one until you change it there too"
PLACEHOLDERS = {"changeme", "change-me", "development", "example", "password", "placeholder", "secret", "test"}


def folders() -> dict[str, Path]:
    """Return the folder with the secrets of each place that this repository is deployed to."""
    found = {"compose": ROOT / "secrets"} if (ROOT / "compose.prod.yaml").is_file() else {}
    overlays = ROOT / "deploy" / "kubernetes" / "overlays"
    for overlay in sorted(path for path in overlays.glob("*") if path.is_dir()):
        found[overlay.name] = overlay / "secrets"
    return found


def check(place: str, folder: Path, required: bool) -> list[Finding]:
    """Return what is wrong with the secrets of one place; without `required`, files that are missing are not."""
    shown = folder.relative_to(ROOT)
    if not folder.is_dir() and not required:
        return []
    findings = []
    for secret in load().secrets.values():
        file = folder / secret.name
        name = str(file.relative_to(ROOT))
        if file.is_dir():
            # The engine makes a folder where a file to mount is missing.
            findings.append(error(name, "it is a folder", f"rm -r {name} && make secrets"))
        elif not file.is_file():
            findings.append(error(name, f"it is missing ({secret.help})", _make(name, secret)))
        else:
            findings += _sound(name, file, secret)
    if folder.is_dir() and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        findings.append(error(str(shown), "other users of this machine can read it", f"chmod 700 {shown}"))
    return findings or [ok(str(shown), f"the secrets for {place} are there")]


def _sound(name: str, file: Path, secret: Secret) -> list[Finding]:
    state = file.stat()
    if state.st_uid not in (os.getuid(), 0):
        return [warning(name, f"user {state.st_uid} owns it", f"sudo chown {os.getuid()} {name}")]
    if not state.st_mode & stat.S_IROTH:
        return [error(name, "the container's user cannot read it", f"chmod 644 {name} (its folder keeps others out)")]
    # An editor ends a file with a newline, which every reader leaves out.
    value = file.read_text(encoding="utf-8", errors="replace").removesuffix("\n")
    if value != value.strip() or not value:
        what = "it is empty" if not value.strip() else "its value begins or ends with a blank or a newline"
        return [error(name, what, f"rm {name} && {_make(name, secret)}")]
    if value.lower() in PLACEHOLDERS or len(value) < SHORTEST:
        return [
            error(name, f"its value is a placeholder, or shorter than {SHORTEST} characters", _replace(name, secret))
        ]
    return []


def _make(name: str, secret: Secret) -> str:
    return "make secrets" if secret.generated else write(name)


def write(name: str) -> str:
    """Return the command that writes a secret which somebody else gives."""
    return f"printf %s 'VALUE' > {name}"


def _replace(name: str, secret: Secret) -> str:
    if not secret.generated:
        return write(name)
    return f"rm {name} && make secrets; {_KEPT if secret.kept else _AT_THE_NEXT_START}"
