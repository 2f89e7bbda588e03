"""What a preset offers reads back as itself, and can be taken apart by the one-line form."""

from __future__ import annotations

import pytest

from support.catalog import catalog, refusals
from support.render import renderer

PRESETS = sorted(catalog().presets)


@pytest.mark.parametrize("name", PRESETS)
def test_the_line_says_all_that_the_list_says(name: str) -> None:
    line = renderer().answers({"preset": name})["services"]
    preset = catalog().presets[name]
    assert renderer().stack({"preset": name, "services": line}) == renderer().stack(
        {"preset": name, "services": [dict(service) for service in preset.services]}
    )
    assert line.count(" > ") == sum(bool(service.get("needs")) for service in preset.services)


@pytest.mark.parametrize("name", PRESETS)
def test_every_service_that_is_needed_by_none_can_be_taken_out(name: str) -> None:
    entries = renderer().answers({"preset": name})["services"].split(", ")
    needed = {need for service in catalog().presets[name].services for need in service.get("needs", ())}
    for number, service in enumerate(catalog().presets[name].services):
        rest = ", ".join(entries[:number] + entries[number + 1 :])
        if rest and service["name"] not in needed:
            assert refusals({"preset": name, "services": rest}) == []


@pytest.mark.parametrize("services", ["api:go-api > postgres", "api:go-api > postgres, motor:rust-api"])
def test_a_volume_of_the_preset_goes_with_its_writer(services: str) -> None:
    given = {"preset": "rust-go", "services": services}
    assert refusals(given) == []
    made = renderer().stack(given)
    assert made.by_name["api"].path == "api"
    assert made.volumes == made.by_name["api"].volumes == ()


def test_a_volume_that_its_author_asked_for_needs_a_writer() -> None:
    services = [{"name": "api", "kind": "go-api", "needs": [], "volumes": [{"name": "market", "read_only": True}]}]
    assert "services: nobody writes the volume 'market'" in refusals({"preset": "rust-go", "services": services})[0]
