from __future__ import annotations

from pathlib import Path

import pytest
from ops import dotenv


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("A=1", "A", "1"),
        ("export A=1", "A", "1"),
        ("  A = 1  ", "A", "1"),
        ("A: 1", "A", "1"),
        ("A=", "A", ""),
        ("A=# all comment", "A", ""),
        ("A=1 # why", "A", "1"),
        ("A=1#2", "A", "1#2"),
        ("A='1 # 2'", "A", "1 # 2"),
        ('A="say \\"hi\\"" # why', "A", 'say \\"hi\\"'),
        ('A="two\nlines"', "A", "two\nlines"),
        ("A=x=y", "A", "x=y"),
    ],
)
def test_a_variable_is_read_as_compose_reads_it(text: str, name: str, value: str) -> None:
    entries, mistakes = dotenv.read(f"# a comment\n\n{text}\n")
    assert [(entry.line, entry.name, entry.value) for entry in entries] == [(3, name, value)]
    assert mistakes == []


@pytest.mark.parametrize(
    ("text", "what", "remedy", "fatal"),
    [
        ("LOG LEVEL", "has no =", "LOG=value", True),
        ("DEBUG", "has no =", "DEBUG=value", False),
        ("log-level=debug", "cannot be the name", "LOG_LEVEL=debug", False),
        ("LOG LEVEL=debug", "cannot be the name", "LOG_LEVEL=debug", True),
        ("9LIVES=1", "cannot be the name", "LIVES=1", False),
        ("A='open", "no closing '", "end it with '", True),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, what: str, remedy: str, fatal: bool) -> None:
    entries, (mistake,) = dotenv.read(f"FIRST=1\n{text}")
    assert [entry.name for entry in entries] == ["FIRST"]
    assert (mistake.line, mistake.fatal) == (2, fatal)
    assert what in mistake.what
    assert remedy in mistake.remedy


def test_an_example_lists_what_is_commented_out_too(tmp_path: Path) -> None:
    file = tmp_path / ".env.example"
    assert dotenv.documented(file) == {}
    file.write_text('# Where it logs to\n#LOG_LEVEL=info\nPORT="8000"\n# not: a=variable\n')
    assert dotenv.documented(file) == {"LOG_LEVEL": "info", "PORT": "8000"}
