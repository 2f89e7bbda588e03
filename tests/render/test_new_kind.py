"""A kind of service is one folder and one description: adding one touches nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from copier.errors import UserMessageError

from render.test_text import faults
from support import plain_kind
from support.copying import copy, tree
from support.render import ROOT, Renderer, Tree


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the template that knows one more kind."""
    return plain_kind.extended(tmp_path_factory.mktemp("extended") / "slipway")


@pytest.fixture(scope="module")
def files(extended: Path) -> Tree:
    return Renderer(extended).render(ANSWERS)


ANSWERS = {
    "preset": "custom",
    "services": "old:plain-python > redis, web:react > old, api:fastapi > postgres + old, other:plain-python",
}


def test_it_is_refused_without_its_description(template: Path, tmp_path: Path) -> None:
    with pytest.raises(UserMessageError, match="unknown kind 'plain-python'"):
        copy(template, tmp_path / "project", ANSWERS)


def test_copier_writes_its_services(extended: Path, files: Tree, tmp_path: Path) -> None:
    written = tree(copy(extended, tmp_path / "project", ANSWERS))
    rendered = Renderer(extended).render({**ANSWERS, "_src_path": str(extended)})
    assert {path: (file.content, file.executable) for path, file in rendered.items()} == written
    assert "services/old/server/__main__.py" in files
    assert "EXPOSE 8100" in files["services/old/Dockerfile"].text
    assert "EXPOSE 8101" in files["services/other/Dockerfile"].text


def test_it_is_in_every_view(files: Tree) -> None:
    stack = json.loads(files["ops/stack.json"].text)
    assert stack["services"]["old"]["kind"] == "plain-python"
    assert stack["services"]["old"]["port"] == 8100
    assert stack["services"]["api"]["needs"] == ["postgres", "old"]
    compose = yaml.safe_load(files["compose.yaml"].text)
    assert compose["services"]["old"]["build"]["context"] == "services/old"
    assert {"redis", "old", "other", "web", "api"} <= set(compose["services"])
    assert "services/old" in files["docker-bake.hcl"].text
    launch = json.loads(files[".vscode/launch.json"].text)
    assert [item["connect"]["port"] for item in launch["configurations"] if item["name"] == "old"] == [5800]
    assert json.loads(files[".devcontainer/old/devcontainer.json"].text)["service"] == "old"
    assert "SERVICE := old\n" in files["services/old/Makefile"].text
    manifests = [file.text for path, file in files.items() if path.startswith("deploy/kubernetes/base/")]
    assert any("name: old\n" in text for text in manifests)


def test_its_output_is_tidy(files: Tree) -> None:
    found = faults(files)
    assert not found


def test_no_file_outside_of_a_kind_names_it(extended: Path) -> None:
    """Otherwise a new kind would have to be named there too."""
    kinds = [path.stem for path in (extended / "extensions" / "kinds").glob("*.yml")]
    assert "plain-python" in kinds
    found = []
    for path in [*(extended / "extensions").rglob("*.py"), *(extended / "template").rglob("*.jinja")]:
        inside = [kind for kind in kinds if f"{kind.replace('-', '_')}_services" in str(path)]
        if inside or not path.is_file():
            continue
        text = path.read_text()
        found += [
            f"{path.relative_to(extended)}: {kind}"
            for kind in kinds
            for mark in (f"== '{kind}'", f'== "{kind}"', f"{kind.replace('-', '_')}_services", f"in ('{kind}'")
            if mark in text
        ]
    assert not found


def test_the_guide_tells_the_same_steps() -> None:
    guide = (ROOT / "docs" / "adding-a-kind.md").read_text()
    for step in ("extensions/kinds/", "_services %}", "Dockerfile", "production"):
        assert step in guide
