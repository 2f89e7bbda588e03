from __future__ import annotations

import pytest

from support.render import ROOT
from support.scripts import script

lock_tools = script("lock_tools")
# What uv would install for each package.
NEEDS = {
    "pytest": ["iniconfig"],
    "zizmor": [],
    "prek": [],
    "ruff": [],
    "iniconfig": [],
    "yaml": ["iniconfig", "c"],
    "c": [],
}
SOURCE = """pytest
{% if stack.has('x') %}
zizmor
yaml
{% endif %}
ruff
{% if stack.has('y') %}
prek
{% endif %}
"""


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], str]]:
    """Lock without uv; return what it was asked for, with the lock that it was given to keep to."""
    asked: list[tuple[list[str], str]] = []

    def compiled(packages: list[str], lock: str) -> dict[str, str]:
        asked.append((packages, lock))
        names = {name for package in packages for name in [package, *NEEDS[package]]}
        return {name: f"{name}==1 \\\n    --hash=sha256:{name}\n" for name in sorted(names)}

    monkeypatch.setattr(lock_tools, "compiled", compiled)
    return asked


def test_packages_are_read_by_condition() -> None:
    assert lock_tools.conditions(SOURCE) == {
        "": ["pytest", "ruff"],
        "stack.has('x')": ["zizmor", "yaml"],
        "stack.has('y')": ["prek"],
    }


def test_what_only_a_condition_needs_stands_between_it(resolved: object) -> None:
    text = lock_tools.lock(SOURCE, "")
    names = [line.split("==")[0] for line in text.splitlines() if not line.startswith(" ")]
    assert names == [
        "iniconfig", "pytest", "ruff",
        "{% if stack.has('x') %}", "c", "yaml", "zizmor", "{% endif %}",
        "{% if stack.has('y') %}", "prek", "{% endif %}",
    ]  # fmt: skip


def test_locked_versions_are_handed_on_without_their_conditions(resolved: list[tuple[list[str], str]]) -> None:
    lock_tools.lock(SOURCE, lock_tools.lock(SOURCE, ""))
    (packages, seed) = resolved[len(resolved) // 2]
    assert packages == ["pytest", "ruff", "zizmor", "yaml", "prek"]
    assert "{%" not in seed
    assert seed.count("--hash") == len(NEEDS)


def test_what_two_conditions_need_has_to_be_asked_for_without_one(resolved: object) -> None:
    source = "ruff\n{% if a %}\npytest\n{% endif %}\n{% if b %}\nyaml\n{% endif %}\n"
    with pytest.raises(SystemExit, match="iniconfig: two conditions need it"):
        lock_tools.lock(source, "")


@pytest.mark.parametrize("source", sorted((ROOT / "template").glob("*/requirements*.in*")), ids=lambda file: file.name)
def test_every_lock_holds_what_is_asked_for_under_the_same_conditions(source: object) -> None:
    file = ROOT / "template" / str(source)
    lock = file.with_name(file.name.replace(".in", ".txt", 1)).read_text()
    asked = {condition: packages for condition, packages in lock_tools.conditions(file.read_text()).items() if packages}
    for condition, packages in asked.items():
        block = (
            lock.split(f"{{% if {condition} %}}")[1].split("{% endif %}")[0] if condition else lock.split("{% if")[0]
        )
        assert "--hash=sha256:" in block
        for package in packages:
            name = package.split(">")[0].split("[")[0]
            assert f"\n{name}==" in f"\n{block}", name
