""".env.example lists exactly what Compose reads, with the same defaults."""

from __future__ import annotations

from ops import dotenv
from tests.support.repository import ROOT, SERVICES, STORES, references, text

EXAMPLE = dotenv.documented(ROOT / ".env.example")


def test_every_variable_is_documented_with_its_default() -> None:
    for reference in references():
        assert reference.name in EXAMPLE, f"{reference.file} reads {reference.name}"
        # What has no default, or another one in staging, has an example.
        if reference.default is not None and reference.file == "compose.yaml":
            assert EXAMPLE[reference.name] == reference.default, f"{reference.name} in {reference.file}"


def test_nothing_is_documented_that_nothing_reads() -> None:
    # Builds read these two.
    read = {reference.name for reference in references()} | {"REGISTRY", "TAG"}
    assert EXAMPLE.keys() <= read


def test_every_port_can_be_moved() -> None:
    ports = {service["host_port_variable"]: service["port"] for service in SERVICES.values()}
    for store in STORES.values():
        ports[store["host_port_variable"]] = store["host_port"]
        ports.update({end["host_port_variable"]: end["port"] for end in store["endpoints"]})
    assert {name: EXAMPLE[name] for name in ports} == {name: str(port) for name, port in ports.items()}


def test_a_copy_of_it_can_be_used_as_it_is() -> None:
    source = text(".env.example")
    assert dotenv.read(source) == ([], [])
    entries, mistakes = dotenv.read(
        "\n".join(line[1:] for line in source.splitlines() if line.startswith("#") and "=" in line)
    )
    assert not mistakes
    assert [entry.name for entry in entries] == list(EXAMPLE)
