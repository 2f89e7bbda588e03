"""What the guides of a repository say of the kinds that it has."""

from __future__ import annotations

import pytest

from support.catalog import catalog
from support.render import renderer


@pytest.mark.parametrize("kind", sorted(catalog().kinds))
def test_troubleshooting_names_every_switch_for_lost_file_events(kind: str) -> None:
    text = renderer().render({"preset": "custom", "services": f"one:{kind}"})["docs/troubleshooting.md"].text
    (entry,) = [item for item in text.split("\n- ") if "File events do not reach" in item]
    variables = [v.name for v in catalog().kinds[kind].development.variables if "file events" in v.help]
    assert [name for name in variables if f"`{name}=true`" not in entry] == []
    assert (".env" in entry) == bool(variables), "a sentence that ends in a list which is empty"
