"""The same thing stands in the same place and order in every sibling: a diff of two shows what really differs."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hypothesis import given

from support.rendered import FEW, Repository
from support.strategies import Answers, answers

COMMON = ("base", "dependencies", "development", "builder", "production")


def require_one_order(siblings: Iterable[tuple[str, Sequence[str]]], what: str) -> None:
    """Require that two siblings never have two things in opposite order; a thing counts where it is first."""
    before: dict[tuple[str, str], str] = {}
    for name, things in siblings:
        for first, second in itertools.combinations(dict.fromkeys(things), 2):
            assert (second, first) not in before, (
                f"{what}: {name} has {first!r} before {second!r}, {before[second, first]} after it"
            )
            before.setdefault((first, second), name)


def mappings(item: Any, place: str = "") -> Iterator[tuple[str, list[str]]]:
    """Return the keys of every mapping in a document, by the place that it has; items of a list share theirs."""
    if isinstance(item, dict):
        yield place, [str(key) for key in item]
        for key, value in item.items():
            yield from mappings(value, f"{place}.{key}")
    elif isinstance(item, list):
        for value in item:
            yield from mappings(value, f"{place}[]")


def require_one_order_of_keys(siblings: Iterable[tuple[str, Any]], what: str) -> None:
    """Require one order of keys in what stands at the same place of several documents."""
    places: dict[str, list[tuple[str, list[str]]]] = {}
    for name, document in siblings:
        for place, keys in mappings(document):
            # Names of variables, volumes and services are their owner's, not a matter of form.
            if place.rpartition(".")[2] not in ("environment", "depends_on", "data", "args", "secrets", "contexts"):
                places.setdefault(place, []).append((name, keys))
    for place, found in places.items():
        require_one_order(found, f"{what} {place}")


@given(answers(FEW))
def test_dockerfiles_have_the_same_order(given_answers: Answers) -> None:
    """Stages, and in the production stage what describes the image after what fills it."""
    project = Repository(given_answers)
    for name in ("development", "production"):
        instructions = []
        for service in project.stack.services:
            stage = project.dockerfiles[service.name].stages[name]
            # What fills the image is the kind's own; it ends where its user is set.
            words = [item.name for item in stage.instructions]
            instructions.append((service.name, words[words.index("USER") :]))
        require_one_order(instructions, name)
    own = [
        (service.name, [stage for stage in project.dockerfiles[service.name].stages if stage in COMMON])
        for service in project.stack.services
    ]
    assert all(tuple(stages) == COMMON for _, stages in own), own


@given(answers(FEW))
def test_services_have_the_same_order_of_keys(given_answers: Answers) -> None:
    """In each Compose file, and in the manifests of Kubernetes."""
    project = Repository(given_answers)
    names = [service.name for service in project.stack.services]
    for environment in project.environments:
        found = project.compose[environment]["services"]
        require_one_order_of_keys(((name, found[name]) for name in names if name in found), environment)
    documents = [
        (f"{path} {document['metadata']['name']}", document)
        for path, all_ in project.manifests.items()
        for document in all_
        if document.get("kind") == "Deployment"
    ]
    require_one_order_of_keys(documents, "Deployment")
    kinds = [
        (service.name, [document["kind"] for document in project.manifests[path]])
        for service in project.stack.deployed
        if (path := f"deploy/kubernetes/base/{service.name}.yaml") in project.manifests
    ]
    assert bool(kinds) == bool(project.stack.kubernetes and project.stack.deployed)
    require_one_order(kinds, "deploy/kubernetes/base")


@given(answers(FEW))
def test_documentation_has_the_same_order(given_answers: Answers) -> None:
    """The headings of the services' pages."""
    project = Repository(given_answers)
    wanted = {f"{service.path}/README.md": service.name for service in project.stack.services}
    pages = [
        (wanted[path], re.findall(r"^## (.+)$", file.text, re.MULTILINE))
        for path, file in project.everything.items()
        if path in wanted
    ]
    assert len(pages) == len(wanted)
    assert all(headings for _, headings in pages)
    require_one_order(pages, "README.md")


@given(answers(FEW))
def test_debuggers_find_the_variables_of_a_program(given_answers: Answers) -> None:
    """Cargo's own default for development says all; a service's profile may not take that away."""
    project = Repository(given_answers)
    for service in project.stack.services:
        if manifest := project.folder(service).get("Cargo.toml"):
            profile = tomllib.loads(manifest.decode()).get("profile", {}).get("dev", {})
            assert profile.get("debug", "full") in (True, 2, "full"), service.name
