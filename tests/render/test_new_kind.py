"""A kind of service is one folder and one description: adding one touches nothing else."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from copier.errors import UserMessageError
from hypothesis import given, settings
from hypothesis import strategies as st

from model.catalog import Development, Kind
from properties.test_images import Image
from properties.test_layers import Build
from render.test_text import faults
from support import plain_kind
from support.copying import copy, tree
from support.languages import LANGUAGES, language, programs
from support.render import ROOT, Renderer, Tree, looking_at
from support.rendered import Repository


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


def properties() -> dict[str, Any]:
    """Return each property that is one of a project, by its name."""
    found: dict[str, Any] = {}
    for path in sorted((ROOT / "tests" / "properties").glob("test_*.py")):
        module = importlib.import_module(f"properties.{path.stem}")
        for name, test in vars(module).items():
            inner = getattr(getattr(test, "hypothesis", None), "inner_test", None)
            if inner is not None and GIVEN.keys() & inspect.signature(inner).parameters.keys():
                found[f"{path.stem}.{name}"] = inner
    return found


# Services of the new kind alone, so that what a property draws is one of them.
ALONE = {"preset": "custom", "services": "old:plain-python > redis, other:plain-python > old"}


def project() -> Repository:
    return Repository(ALONE)


def old(project: Repository) -> Any:
    return project.stack.by_name["old"]


# What a property is given -> how it is made, of a project with services of the new kind.
GIVEN: dict[str, Callable[[], st.SearchStrategy[Any]]] = {
    "given_answers": lambda: st.just(ALONE),
    "given_": lambda: st.just(ALONE),
    "image": lambda: st.builds(lambda: Image(project(), old(project()))),
    "build": lambda: st.builds(lambda: Build(project(), old(project()))),
}
PROPERTIES = properties()


def test_there_are_properties() -> None:
    assert len(PROPERTIES) > 20


@pytest.mark.parametrize("name", PROPERTIES)
def test_it_has_every_property(name: str, extended: Path) -> None:
    """`make test` looks at every kind that it finds, so what a kind's author adds must be able to pass."""
    inner = PROPERTIES[name]
    wanted = {
        parameter: st.data() if parameter == "draw" else GIVEN[parameter]()
        for parameter in inspect.signature(inner).parameters
    }
    with looking_at(extended):
        settings(max_examples=5)(given(**wanted)(inner))()


def test_a_language_that_nobody_has_described_is_said_so() -> None:
    with pytest.raises(AssertionError, match=r"know nothing of ruby: describe it in .* tests/support/languages\.py"):
        language("ruby")
    with pytest.raises(AssertionError, match=r"which programs ruby:4 brings is unknown: say so in PROGRAMS"):
        programs("ruby:4")


def test_every_language_is_known_to_the_tests() -> None:
    assert set(LANGUAGES) == {path.stem for path in (ROOT / "extensions" / "languages").glob("*.yml")}


# Where the name of a kind may stand outside of its own files -> in which lines, by why they may.
EXCEPTIONS = {
    "extensions/presets/": ".*",  # a preset is a list of services
    "extensions/model/answers.py": ".*(such as|: not YAML)",  # refusals show an example
    "extensions/model/problems.py": ".*such as",  # likewise
    "scripts/questionnaire.py": ".*(such as|services:|- {name: )",  # the document shows examples
    "scripts/lock_python.py": r" +python scripts/lock_python\.py",  # and so does its usage
    "scripts/lock_go.py": r'.*"kind": "go-api"|SKELETON = ',  # it locks this one kind
    "template/{% yield service from asgi_services %}": ".*[fF]ast(api|API)",  # the package, which all of them import
}


def names(kind: str) -> re.Pattern[str]:
    """Return the ways in which a file can name a kind."""
    return re.compile(rf"(?<![\w-])(?:{kind}|{kind.replace('-', '_')}(?:_services)?)(?![\w-])")


def test_no_file_outside_of_a_kind_names_it(extended: Path) -> None:
    """Otherwise a new kind would have to be named there too."""
    kinds = {path.stem: names(path.stem) for path in (extended / "extensions" / "kinds").glob("*.yml")}
    assert "plain-python" in kinds
    used: set[str] = set()
    found = []
    files = [(extended, path) for top in ("extensions", "template") for path in sorted((extended / top).rglob("*"))]
    files += [(extended, extended / "copier.yml"), (ROOT, ROOT / "Makefile")]
    files += [(ROOT, path) for path in sorted((ROOT / "scripts").glob("*.py"))]
    for root, path in files:
        relative = path.relative_to(root).as_posix()
        own = re.match(r"template/\{% yield service from (\w+)_services %\}", relative)
        if not path.is_file() or path.suffix in (".pyc", ".ico", ".png") or (own and own[1].replace("_", "-") in kinds):
            continue
        exception = next((start for start in EXCEPTIONS if relative.startswith(start)), None)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for kind, pattern in kinds.items():
                if not pattern.search(line):
                    continue
                if exception is not None and re.match(EXCEPTIONS[exception], line):
                    used.add(exception)
                else:
                    found.append(f"{relative}:{number}: {kind}")
    assert not found
    assert used == set(EXCEPTIONS), "exceptions that nothing needs any more"


GUIDE = (ROOT / "docs" / "adding-a-kind.md").read_text()


def test_the_guide_tells_the_same_steps(extended: Path, template: Path) -> None:
    """What an author adds by its first two steps is what the example here adds, and nothing else."""
    steps = re.findall(r"^\d\. \*\*[^*]+\*\*, `([^`]+)`", GUIDE, re.MULTILINE)
    told = {
        step.replace("<kind>_services", "plain_python_services").replace("<kind>", "plain-python").rstrip("/")
        for step in steps
    }
    before, after = (
        {path.relative_to(root).as_posix() for path in root.rglob("*") if "__pycache__" not in path.parts}
        for root in (template, extended)
    )
    added = after - before
    assert {path for path in added if path.rpartition("/")[0] not in added} == told


def test_the_guide_names_the_stages_and_fields_that_there_are(files: Tree) -> None:
    stages = re.search(r"has the stages (.+?), in this order", GUIDE, re.DOTALL)
    assert stages is not None
    assert re.findall(r"`(\w+)`", stages[1]) == re.findall(
        r"^FROM \S+ AS (\w+)$", files["services/old/Dockerfile"].text, re.MULTILINE
    )
    fields = re.findall(r"`development\.(\w+)`", GUIDE)
    assert fields
    assert set(fields) <= set(Development.model_fields)
    promises = GUIDE.partition("## What a kind promises\n")[2].partition("\n## ")[0]
    described = set(re.findall(r"`(prepare|writable|uid|build_secrets|external_api|role|shares)`", promises))
    assert {"prepare", "writable", "uid", "build_secrets"} <= described & {*Kind.model_fields, "external_api"}
