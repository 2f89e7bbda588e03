"""The badge of a service's coverage: a picture that is complete in itself, made of the number that its tests leave."""

from __future__ import annotations

import contextlib
import re

from ops.report import Finding, warning
from ops.stack import ROOT, Service

# What the command `test` of a service leaves in its folder, and what is made of it.
TOTAL = "coverage/total"
BADGE = "coverage/badge.svg"

# From this percentage on: background, and a text that stands out from it. Tests fail below the second.
COLOURS = ((90, "#2e7d32", "#fff"), (80, "#ffd33d", "#222"), (0, "#c62828", "#fff"))

# Of a font whose letters are all as wide, the width of a text is known without the font.
LETTER = 6.6
PADDING = 6
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="20" role="img" aria-label="{label}: {value}">
  <title>{label}: {value}</title>
  <path d="M3 0H{divide:g}v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#444"/>
  <path d="M{divide:g} 0h{edge:g}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{edge:g}z" fill="{background}"/>
  <g font-family="monospace" font-size="11">
    <text x="{label_x:g}" y="14" textLength="{label_length:g}" fill="#fff">{label}</text>
    <text x="{value_x:g}" y="14" textLength="{value_length:g}" fill="{foreground}">{value}</text>
  </g>
</svg>
"""


def forget(service: Service) -> None:
    """Remove what earlier tests left: it would tell nothing of those to come."""
    for name in (TOTAL, BADGE):
        with contextlib.suppress(OSError):
            (ROOT / service.path / name).unlink()


def leave(service: Service, passed: bool) -> list[Finding]:
    """Write a service's badge, or say why there is none, unless that is because its tests failed."""
    total = ROOT / service.path / TOTAL
    try:
        percentage = _number(total.read_text(encoding="utf-8")) if total.is_file() else None
        if percentage is not None:
            (ROOT / service.path / BADGE).write_text(draw(f"{service.name} coverage", percentage), encoding="utf-8")
    except OSError as problem:
        remedy = f"see whose folder {service.path}/coverage is, or remove it; then run `make coverage` again"
        return [warning(service.name, f"it has no badge of its coverage ({problem})", remedy)]
    if percentage is not None or not passed:
        return []
    what = f"it has no badge, for its tests have left no percentage in {service.path}/{TOTAL}"
    remedy = "ops/stack.json shows from which report its command `test` takes that; have its tests write this report"
    return [warning(service.name, what, remedy)]


def draw(label: str, percentage: float) -> str:
    """Return a badge; a percentage is rounded down, so that it never says more than was reached."""
    whole = int(percentage)
    value = f"{whole} %"
    background, foreground = next(colours for least, *colours in COLOURS if whole >= least)
    label_length, value_length = LETTER * len(label), LETTER * len(value)
    divide, rest = label_length + 2 * PADDING, value_length + 2 * PADDING
    return SVG.format(
        label=label,
        value=value,
        background=background,
        foreground=foreground,
        width=divide + rest,
        divide=divide,
        edge=rest - 3,
        label_x=PADDING,
        value_x=divide + PADDING,
        label_length=label_length,
        value_length=value_length,
    )


def _number(text: str) -> float | None:
    """Return the percentage that is all a text holds."""
    match = re.fullmatch(r"\d+(\.\d+)?", text.strip())
    return float(match[0]) if match and float(match[0]) <= 100 else None
