"""Projects as examples, made with pytest-copie: what somebody gets for answers that are easy to remember."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_copie.plugin import Copie, Result

Example = Callable[..., Result]
LIST = "api:fastapi > postgres, jobs:fastapi > redis + api, web:react > api + jobs"


@pytest.fixture
def example(copie: Copie, template: Path) -> Example:
    """Return a function that generates a project with these answers, as a user's own defaults."""

    def copy(**answers: Any) -> Result:
        return copie.copy(extra_answers=answers, template_dir=template)

    return copy


def names(project: Path) -> set[str]:
    return {path.name for path in project.iterdir()}


def words(project: Path) -> str:
    """Return the text of everything that is read rather than run."""
    return "\n".join(path.read_text() for path in sorted(project.rglob("*.md")))


def compose(project: Path, name: str = "compose.yaml") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((project / name).read_text())
    return found


def made(result: Result) -> Path:
    assert result.exit_code == 0, result.exception
    assert result.project_dir is not None
    return result.project_dir


def test_every_default_gives_the_web_product(example: Example) -> None:
    result = example()
    project = made(result)
    assert {"backend", "frontend", "Makefile", "README.md", "compose.yaml", "docker-bake.hcl", "ops"} <= names(project)
    assert result.answers["preset"] == "web"
    assert result.answers["project_slug"] == "my-app"
    images = {service["image"] for service in compose(project)["services"].values()}
    assert {"my-app-backend:development", "my-app-frontend:development"} <= images
    assert "# My App" in (project / "README.md").read_text()


def test_a_list_of_ones_own_is_wired_as_it_says(example: Example) -> None:
    project = made(example(project_slug="shop", preset="custom", services=LIST))
    services = compose(project)["services"]
    waits = {name: set(services[name]["depends_on"]) for name in ("api", "jobs", "web")}
    assert {"postgres"} <= waits["api"] <= {"postgres", "api-prepare"}
    assert waits["jobs"] == {"redis", "api"}
    assert waits["web"] == {"api", "jobs"}
    assert services["jobs"]["environment"]["API_URL"] == "http://api:8000"
    addresses = [port for name in waits for port in services[name]["ports"]]
    assert len(addresses) == len(set(addresses))
    assert {"services"} <= names(project)
    assert {path.name for path in (project / "services").iterdir()} == set(waits)


def test_for_compose_alone_nothing_speaks_of_kubernetes(example: Example) -> None:
    project = made(example(deploy=["compose"]))
    assert compose(project, "compose.prod.yaml")["services"]
    assert not (project / "deploy" / "kubernetes").exists()
    assert not re.findall(r"(?i)kube\w*|kustomize", words(project) + (project / "Makefile").read_text())


def test_without_features_there_are_services_and_what_runs_them(example: Example) -> None:
    project = made(example(features=[], deploy=[]))
    assert {name for name in names(project) if name.startswith(".")} <= {
        ".copier-answers.yml", ".editorconfig", ".env.example", ".gitattributes", ".gitignore", ".yamllint.yaml",
    }  # fmt: skip
    assert not list(project.glob("compose.prod*"))
    assert not re.findall(r"(?i)github actions|pre-commit|make deploy|make hooks", words(project))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"preset": "custom", "services": "api:fastpi"}, "did you mean 'fastapi'?"),
        ({"preset": "custom", "services": "a:fastapi > b, b:fastapi > a"}, "a needs b needs a"),
        ({"project_slug": "Not A Slug"}, "Not A Slug"),
    ],
    ids=["unknown kind", "cycle", "bad name"],
)
def test_a_refused_answer_writes_nothing(example: Example, tmp_path: Path, answers: dict[str, Any], said: str) -> None:
    result = example(**answers)
    assert result.exit_code
    assert result.project_dir is None
    assert said in str(result.exception)
    assert [path for path in (tmp_path / "copie").rglob("*") if path.is_file()] == []
