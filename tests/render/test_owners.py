"""Every file has one owner, and copier.yml says which."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given, settings
from pathspec import GitIgnoreSpec

from support.render import ROOT, renderer
from support.samples import SAMPLES
from support.strategies import Answers, answers

LINES = renderer().kept()
# Copier skips what these patterns match where it exists already: that is what makes it the user's.
USERS = GitIgnoreSpec.from_lines(LINES)


def is_users(path: str) -> bool:
    return bool(USERS.match_file(path))


def folders(stack: Any) -> list[str]:
    return [service.path for service in stack.services] + [library.path for library in stack.libraries]


def template_owned(path: str, services: list[str]) -> bool:
    """Say who owns a path by the rule, not by the list."""
    inside = [folder for folder in services if path.startswith(f"{folder}/")]
    if inside:
        name = PurePosixPath(path).name
        return name in (
            "Dockerfile", ".dockerignore", "Makefile", "environment.envsh", "nginx.conf", "site.conf.template",
        )  # fmt: skip
    return not (path.startswith("deploy/kubernetes/overlays/") and path.split("/")[4:5] == ["local"])


@settings(max_examples=100)
@given(answers())
def test_every_file_is_of_the_owner_that_the_rule_says(given_: Answers) -> None:
    services = folders(renderer().stack(given_))
    wrong = [path for path in renderer().render(given_) if is_users(path) == template_owned(path, services)]
    assert not wrong


@pytest.mark.parametrize("name", SAMPLES)
def test_application_source_is_the_users(name: str) -> None:
    stack = renderer().stack(SAMPLES[name])
    files = renderer().render(SAMPLES[name])
    for folder in folders(stack):
        source = [path for path in files if path.startswith(f"{folder}/") and is_users(path)]
        assert source, f"{folder} holds nothing of the user's"
        assert not is_users(f"{folder}/Dockerfile")
        assert is_users(f"{folder}/local.mk")
        assert is_users(f"{folder}/anything/else.txt")


def test_every_line_of_the_list_names_something() -> None:
    rendered: set[str] = set()
    for given_ in SAMPLES.values():
        rendered |= set(renderer().render(given_))
    idle = [
        line
        for line in LINES
        if not any(GitIgnoreSpec.from_lines([line.removeprefix("!")]).match_file(path) for path in rendered)
    ]
    assert not idle, "these lines of _skip_if_exists match no file"


def test_places_for_the_users_own_changes_are_the_users() -> None:
    for path in (
        "compose.override.yaml", "docker-bake.override.hcl", "local.mk", ".env", "backups/postgres.backup",
        "secrets/postgres_password", "frontend/nginx/local.conf", "LICENSE", "anything.txt",
    ):  # fmt: skip
        assert is_users(path), path
    assert is_users("deploy/kubernetes/overlays/production/local/kustomization.yaml")


def test_nothing_that_is_the_users_is_rendered_where_the_template_reads_it_back() -> None:
    """What the user may change must not be a copy of what the template derives: it would go stale."""
    for given_ in SAMPLES.values():
        assert not is_users("ops/stack.json")
        assert not is_users(".copier-answers.yml")
        assert not [path for path in renderer().render(given_) if path.startswith("ops/") and is_users(path)]


def test_owners_are_documented() -> None:
    documents = [path.read_text() for path in (ROOT / "docs").glob("*.md")] + [(ROOT / "README.md").read_text()]
    text = "\n".join(documents)
    for place in ("compose.override.yaml", "local.mk", "local/", "Dockerfile", ".dockerignore"):
        assert place in text, f"no document says who owns {place}"
    assert Path(ROOT / "docs" / "updating.md").is_file()
