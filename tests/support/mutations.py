"""Valid answers made bad at random: the same ones for the same seed."""

from __future__ import annotations

import copy
import datetime
import random
from collections.abc import Iterator
from typing import Any

# Values that YAML, JSON or a shell can hand over where something else was meant.
JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, 1.5, 8, 80, 8000, 65536, 10**40, 16**5000, float("nan"), float("inf"), "", " ", "\n", "no", "1.0",
    "~", "null", "x" * 1000, "\x00", "\x1b[2J", "\ud800", "\u202eabc", "\ufeff", "API", "a b", "-", "--", ".", "..", "../..", "/", "\\",
    "a/b", "{{ 7 * 7 }}", "{% for x in y %}", "${HOME}", "$(id)", "`id`", "'", '"', "<b>", "🚀", "🚀" * 200, "http://a.b", "a:b", "a:b > c",
    [], [[]], [None], ["a", "a"], [1, 2], {}, {"a": 1}, {1: 2}, {None: None}, {"name": "x"}, {"name": "x", "kind": "fastapi"},
    b"bytes", datetime.date(2026, 2, 29 - 1), datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC), (1, 2), {"set"}, [{"a": [{"b": {}}]}],
    "kube-system", "postgres", "default", "fastapi", "localhost", "con", "ghp_" + "a1B2" * 9,
]  # fmt: skip
CHARACTERS = "\n\t\r\0 \"'\\$`{}<>:;,.|&*#@!%^()[]=+-_/?~AZaz09éß\u0430\u200b\u202e\u2028\ud800🚀"


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside a value."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _places(item, (*path, number))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def _spoiled_text(text: str, chance: random.Random) -> str:
    spot = chance.randint(0, len(text))
    return chance.choice(
        [
            text[:spot] + chance.choice(CHARACTERS) + text[spot:],
            text[: spot - 1] + chance.choice(CHARACTERS) + text[spot:],
            text[:spot] + text[spot + 1 :],
            text + "\n",
            text.swapcase(),
            text * chance.choice([2, 10, 100]),
            text[::-1],
            text[:spot],
        ]
    )


def mutated(answers: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return a copy of answers with one to three random changes."""
    bad = copy.deepcopy(answers)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        path = chance.choice([path for path in _places(bad) if path])
        parent, last = _at(bad, path[:-1]), path[-1]
        value = parent[last]
        junk = copy.deepcopy(chance.choice(JUNK))
        change = chance.randrange(6)
        if isinstance(value, str) and change < 3:
            parent[last] = _spoiled_text(value, chance)
        elif isinstance(value, list) and change < 2:
            value.insert(
                chance.randint(0, len(value)), copy.deepcopy(chance.choice(value)) if value and change else junk
            )
        elif isinstance(value, dict) and change < 2:
            value[chance.choice(["x", "name", "kind", "port", "cpu", "", 1, None, "prot", "\n"])] = junk
        elif change == 3 and len(path) > 1 and isinstance(parent, dict):
            del parent[last]
        elif change == 4:
            other = _at(bad, chance.choice([path for path in _places(bad) if path]))
            parent[last] = copy.deepcopy(other)
        else:
            parent[last] = junk
    for name in ("libraries", "deploy", "platforms", "features"):
        # A text is what the command line gives, and is read as YAML first.
        if isinstance(bad.get(name), str):
            bad[name] = [bad[name]]
    return bad
