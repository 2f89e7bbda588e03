"""Dockerfiles keep what Compose, bake and Kubernetes rely on."""

from __future__ import annotations

import re

import pytest

from tests.support.repository import SERVICES, base_images, dockerfile, stages

pytestmark = pytest.mark.parametrize("service", SERVICES)


def test_stages_are_the_same_in_every_service(service: str) -> None:
    # Shared libraries are build contexts, which a stage of the same name stands for.
    own = [stage for stage in stages(service) if stage not in SERVICES[service]["libraries"]]
    assert own == ["base", "dependencies", "development", "builder", "production"]


def test_production_listens_on_the_port_of_the_map(service: str) -> None:
    exposed = re.findall(r"^EXPOSE (.+)$", stages(service)["production"], re.MULTILINE)
    # A function asks for its events, and listens nowhere.
    assert exposed == ([] if SERVICES[service]["role"] == "function" else [str(SERVICES[service]["port"])])


def test_development_exposes_the_same_port(service: str) -> None:
    exposed = re.findall(r"^EXPOSE (.+)$", stages(service)["development"], re.MULTILINE)
    assert exposed
    assert exposed[0].split()[0] == str(SERVICES[service]["port"])


def test_production_runs_as_the_numeric_user_of_the_map(service: str) -> None:
    users = re.findall(r"^USER (\d+)(?::\d+)?$", stages(service)["production"], re.MULTILINE)
    assert users == [str(SERVICES[service]["uid"])]


def test_production_installs_nothing(service: str) -> None:
    assert not re.search(r"^RUN ", stages(service)["production"], re.MULTILINE)


def test_images_have_a_version(service: str) -> None:
    for image in base_images(service):
        name, _, tag = image.rpartition("/")[2].partition(":")
        assert tag, f"{image} has no tag"
        assert tag != "latest", f"{name} can be another image tomorrow"


def test_what_differs_per_build_comes_last(service: str) -> None:
    production = stages(service)["production"]
    assert production.rindex("\nARG ") > production.rindex("\nCOPY "), (
        "a label with a new revision would bust the cache"
    )


def test_no_secret_is_written_into_the_image(service: str) -> None:
    written = re.findall(r"^(?:ENV|ARG) .*(?:PASSWORD|TOKEN|SECRET)\w*=.*$", dockerfile(service), re.MULTILINE)
    assert not written
