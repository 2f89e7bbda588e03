"""Whether Compose can read its files."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ops import compose
from ops.report import Finding, error, ok, warning
from ops.stack import ROOT
from ops.yamlfile import locate


def check(project: compose.Project, given: Mapping[str, str] | None = None) -> list[Finding]:
    """Return why Compose refuses a project's files, with the line, or which of their variables are empty.

    `given` are variables to take for granted.
    """
    subject = " + ".join(project.files)
    missing = [file for file in project.files if not (ROOT / file).is_file()]
    if missing:
        return [error(subject, f"{missing[0]} is not there", f"bring it back: git checkout {missing[0]}")]
    result = project.run("config", "--quiet", given=given)
    empty = sorted(set(re.findall(r'The \\?"(\w+)\\?" variable is not set', result.err)))
    findings = [
        warning(
            subject, f"{name} is not set and has no default", f"put {name}=… into .env, or write ${{{name}:-default}}"
        )
        for name in empty
    ]
    if result.code:
        return [*findings, explain(result.err, project)]
    return [*findings, ok(subject, "Compose reads it")]


def explain(message: str, project: compose.Project) -> Finding:
    """Return a finding for the words with which Compose refused a project's files."""
    words = [line for line in message.strip().splitlines() if "variable is not set" not in line]
    what = words[-1].replace(f"{ROOT}/", "") if words else "Compose cannot read it"
    variable = re.search(r"required variable (\w+) is missing a value(?:: (.*))?", what)
    if variable:
        remedy = variable[2] or f"set it: {variable[1]}=… in .env or in front of the command"
        return error(" + ".join(project.files), f"the variable {variable[1]} is missing", remedy)
    place = locate(message, [ROOT / file for file in project.files])
    if place is None:
        return error(
            " + ".join(project.files),
            what,
            "put it right; the reference: https://docs.docker.com/reference/compose-file/",
        )
    file, number = place
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    shown = [f"{n}: {lines[n - 1]}" for n in range(max(1, number - 1), min(len(lines), number + 1) + 1)]
    what = re.sub(r"^yaml: (line \d+: )?", "bad YAML: ", what)
    return error(f"{file.name} line {number}", what, _remedy(lines[number - 1]), shown)


def _remedy(line: str) -> str:
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces: YAML allows no tabs"
    return "put it right there; the reference: https://docs.docker.com/reference/compose-file/"
