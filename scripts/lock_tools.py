"""Lock the Python tools that a generated repository installs: its linters, and what runs its tests.

Each `requirements*.in` of `template/tests` and `template/ops` is compiled with all that its conditions
can ask for. What stands between conditions there stands between the same ones in the lock, along with
what only that needs.

    python scripts/lock_tools.py            add and drop packages, keep the others' versions
    python scripts/lock_tools.py --upgrade  take the newest versions
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[1] / "template"
# The oldest Python that `python3 -m ops` runs with.
PYTHON = "3.9"
COMPILE = (
    "uv", "pip", "compile", "--quiet", "--universal", "--python-version", PYTHON, "--generate-hashes",
    "--no-emit-index-url", "--no-header", "--no-annotate", "requirements.in", "--output-file", "requirements.txt",
)  # fmt: skip
CONDITION = re.compile(r"^{% if (.+) %}$")
END = "{% endif %}"


def conditions(source: str) -> dict[str, list[str]]:
    """Return the packages that each condition of a `.in` file asks for; those without one are under ''."""
    found: dict[str, list[str]] = {"": []}
    condition = ""
    for line in source.splitlines():
        if match := CONDITION.match(line):
            condition = match[1]
            found[condition] = []
        elif line == END:
            condition = ""
        else:
            found[condition].append(line)
    return found


def compiled(packages: list[str], lock: str) -> dict[str, str]:
    """Return what uv locks these packages to, one text per package; versions in `lock` are kept where they fit."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "requirements.in").write_text("\n".join([*packages, ""]))
        (place / "requirements.txt").write_text(lock)
        subprocess.run(COMPILE, cwd=place, check=True)
        blocks: dict[str, str] = {}
        for line in (place / "requirements.txt").read_text().splitlines(keepends=True):
            if not line.startswith(" "):
                name = line.split("=")[0]
            blocks[name] = blocks.get(name, "") + line
    return blocks


def lock(source: str, current: str) -> str:
    """Return the lock of a `.in` file, as a template where the file is one."""
    asked = conditions(source)
    seed = re.sub(r"^{%.*\n", "", current, flags=re.MULTILINE)
    everything = compiled([package for packages in asked.values() for package in packages], seed)
    seed = "".join(everything.values())
    always = compiled(asked.pop(""), seed)
    text = "".join(everything[name] for name in always)
    written = set(always)
    for condition, packages in asked.items():
        names = set(compiled(packages, seed)) - set(always)
        if shared := names & written:
            raise SystemExit(f"{', '.join(sorted(shared))}: two conditions need it; ask for it without one")
        text += f"{{% if {condition} %}}\n{''.join(everything[name] for name in sorted(names))}{END}\n"
        written |= names
    return text


def main() -> int:
    """Write the lock of every `.in` file; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args()
    for source in sorted(TEMPLATE.glob("*/requirements*.in*")):
        target = source.with_name(source.name.replace(".in", ".txt", 1))
        current = target.read_text() if target.is_file() and not options.upgrade else ""
        target.write_text(lock(source.read_text(), current))
        print(target.relative_to(TEMPLATE))
    return 0


if __name__ == "__main__":
    sys.exit(main())
