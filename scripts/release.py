"""What a release says: its version is in pyproject.toml, what it changes in CHANGELOG.md.

    python scripts/release.py check [TAG]   print the version, or say what does not agree
    python scripts/release.py notes         print what the version changes
    python scripts/release.py record        add the version to releases.json, with the commit that is checked out

Nothing is printed or written where the two do not agree.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = ("git", "rev-parse", "HEAD")
HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def version() -> str:
    """Return the version that pyproject.toml names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def sections(changelog: str) -> dict[str, tuple[str | None, str]]:
    """Return the date and the text of each version in a changelog, newest first."""
    parts = HEADING.split(changelog)[1:]
    return {parts[i]: (parts[i + 1], parts[i + 2].strip()) for i in range(0, len(parts), 3)}


def problems(current: str, changelog: str, tag: str | None = None) -> list[str]:
    """Return what keeps this version from being released, one sentence each."""
    found = []
    if not re.fullmatch(r"\d+\.\d+\.\d+", current):
        found.append(f"pyproject.toml: '{current}' is no version to release; write MAJOR.MINOR.PATCH")
    if tag is not None and tag != f"v{current}":
        found.append(f"the tag is {tag}, but pyproject.toml says {current}; it should be v{current}")
    known = sections(changelog)
    if current not in known:
        found.append(f"CHANGELOG.md: nothing about {current}; write a section '## [{current}] - YYYY-MM-DD'")
        return found
    date, text = known[current]
    if date is None:
        found.append(f"CHANGELOG.md: {current} has no date; write '## [{current}] - YYYY-MM-DD'")
    if not text:
        found.append(f"CHANGELOG.md: the section of {current} is empty; say what changes for users")
    if next(name for name in known if name != "Unreleased") != current:
        found.append(f"CHANGELOG.md: {current} is not the newest version there")
    return found


def record(current: str) -> None:
    """Add the version and the commit that is checked out to releases.json."""
    file = ROOT / "releases.json"
    releases = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    head = subprocess.run(HEAD, cwd=ROOT, check=True, capture_output=True, text=True)
    releases = [release for release in releases if release["version"] != current]
    releases.append({"version": current, "commit": head.stdout.strip()})
    file.write_text(json.dumps(releases, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Do what the command says; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check").add_argument("tag", nargs="?")
    commands.add_parser("notes")
    commands.add_parser("record")
    options = parser.parse_args()
    current = version()
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    if found := problems(current, changelog, getattr(options, "tag", None)):
        print("\n".join(found), file=sys.stderr)
        return 1
    if options.command == "record":
        record(current)
    else:
        print(current if options.command == "check" else sections(changelog)[current][1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
