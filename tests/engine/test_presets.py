"""Every preset comes out of the questionnaire complete: it starts, answers, and runs in production.

The default one is what the other tests here are made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from engine.measure import record
from engine.project import TAG, Environment, Project, generated, give_secrets
from support.catalog import catalog
from support.ports import free_ports
from support.render import ROOT

DEFAULT = yaml.safe_load((ROOT / "copier.yml").read_bytes())["preset"]["default"]


@pytest.fixture(scope="module", params=[name for name in catalog().presets if name != DEFAULT])
def preset(
    request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Project]:
    """Return a repository with every default of a preset."""
    folder = tmp_path_factory.mktemp("preset") / "project"
    with generated(template, folder, request.param, {"preset": request.param}) as made:
        yield made


@pytest.fixture(scope="module")
def up(preset: Project) -> str:
    """Start development as a user does, and return what that prints."""
    done = preset.make("up", seconds=1500)
    record(f"preset.up.{_name(preset)}", done.seconds, "s", services=len(preset.services))
    return done.output


def test_all_of_it_starts_and_answers(preset: Project, up: str) -> None:
    for name in preset.services:
        assert f"http://localhost:{preset.ports[name]}" in up
    assert " passed" in preset.make("smoke").output


def test_scenarios_hold(preset: Project, up: str) -> None:
    if not preset.path("tests/features").is_dir():
        pytest.skip("it has no scenarios")
    assert " passed" in preset.make("test-features", seconds=1500).output
    assert preset.path("build/features.html").is_file()


def test_production_images_work_together(preset: Project) -> None:
    if not preset.path("compose.test.yaml").is_file():
        pytest.skip("none of it is deployed")
    done = preset.make("test-integration", seconds=1500)
    record(f"preset.integration.{_name(preset)}", done.seconds, "s", services=len(preset.services))
    assert " passed" in done.output


def test_production_is_healthy(preset: Project) -> None:
    deployed = [name for name, item in preset.services.items() if item["deployed"]]
    if not deployed:
        pytest.skip("none of it is deployed")
    give_secrets(preset)
    preset.bake(seconds=1500)
    published = [name for name in deployed if preset.services[name]["public"]]
    given = dict(
        zip(
            (preset.services[name]["host_port_variable"] for name in published), free_ports(len(published)), strict=True
        )
    )
    production = Environment(
        preset,
        f"{preset.slug}-production",
        ("compose.prod.yaml",),
        {},
        {"TAG": TAG, **{name: str(port) for name, port in given.items()}},
    )
    done = production.up()
    record(f"preset.up.production.{_name(preset)}", done.seconds, "s", services=len(deployed))
    health = {name: item["State"].get("Health", {}).get("Status") for name, item in production.containers().items()}
    assert {health[name] for name in deployed} == {"healthy"}


def _name(preset: Project) -> str:
    return preset.slug.split("-", 1)[1].rpartition("-")[0]
