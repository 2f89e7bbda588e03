"""What editors are told of a stack."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from model.catalog import Catalog
from model.editor import extensions, launch, tasks
from support.catalog import catalog
from support.render import renderer

HERE = "${workspaceFolder}"


def stack(services: Any, **given: Any) -> Any:
    return renderer().stack({"preset": "custom", "services": services, **given})


def configurations(services: Any, **given: Any) -> dict[str, Any]:
    return {item["name"]: item for item in launch(stack(services, **given))["configurations"]}


def test_a_library_is_found_where_the_container_has_it() -> None:
    found = configurations(
        [{"name": "api", "kind": "fastapi", "path": "api", "libraries": ["common"]}],
        libraries=[{"name": "common", "kind": "python", "path": "libs/common"}],
    )
    assert found["api"]["pathMappings"] == [
        {"localRoot": f"{HERE}/api", "remoteRoot": "/app"},
        {"localRoot": f"{HERE}/libs/common", "remoteRoot": "/opt/libraries/common"},
    ]


def test_what_stands_in_a_key_is_there_once_for_each_folder() -> None:
    found = configurations(
        [{"name": "web", "kind": "react", "path": "web", "libraries": ["common"]}],
        libraries=[{"name": "common", "kind": "node", "path": "libs/common"}],
    )
    assert found["web"]["pathMapping"] == {
        "/@fs/app": f"{HERE}/web",
        "/@fs/opt/libraries/common": f"{HERE}/libs/common",
    }
    assert found["web"]["webRoot"] == f"{HERE}/web"


def test_ports_are_numbers_where_they_stand_alone() -> None:
    found = configurations("a:fastapi, b:fastapi, web:react:8090")
    assert [found[name]["connect"]["port"] for name in ("a", "b")] == [5678, 5679]
    assert found["web"]["url"] == "http://localhost:8090"


def test_a_debugger_names_files_as_the_compiler_does() -> None:
    found = configurations([{"name": "api", "kind": "go-api", "path": "api"}], project_slug="shop")
    assert found["api"]["substitutePath"] == [{"from": f"{HERE}/api", "to": "shop-api"}]


def test_what_the_editor_fills_in_is_left_to_it() -> None:
    found = configurations("engine:rust-api")
    assert found["engine"]["processId"] == "${command:pickRemoteProcess}"
    assert found["engine"]["program"] == f"{HERE}/build/debug/engine"


def test_what_has_to_run_before_is_a_task() -> None:
    made = stack("engine:rust-api, api:fastapi")
    (task,) = tasks(made)["tasks"]
    found = {item["name"]: item.get("preLaunchTask") for item in launch(made)["configurations"]}
    assert found == {"engine": task["label"], "api": None}
    assert "docker compose exec -T engine" in task["command"]
    assert task["command"].endswith("> build/debug/engine")


def test_where_nothing_has_to_run_before_there_are_no_tasks() -> None:
    files = renderer().render({"preset": "custom", "services": "api:fastapi"})
    assert sorted(path for path in files if ".vscode/" in path) == [".vscode/extensions.json", ".vscode/launch.json"]


def test_a_chain_holds_all_that_is_called_but_no_stores() -> None:
    made = stack("a:fastapi > postgres, b:fastapi > a + redis, web:react > b + a, alone:fastapi > postgres")
    assert [(item["name"], item["configurations"]) for item in launch(made)["compounds"]] == [
        ("web and all that it calls", ["web", "b", "a"])
    ]


def test_extensions_are_those_of_the_languages_and_debuggers_in_use() -> None:
    found = extensions(stack("a:fastapi, b:fastapi").services)
    assert found == sorted({*catalog().languages["python"].extensions, *catalog().debuggers["debugpy"].extensions})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "cobol"}, "extensions/languages/cobol.yml"),
        ({"debug_protocol": "dbx"}, "extensions/debuggers/dbx.yml"),
        ({"debug_protocol": None}, "a debug_port needs a debug_protocol"),
    ],
    ids=["language", "debugger", "none"],
)
def test_a_kind_whose_language_or_debugger_is_described_nowhere_is_refused(change: dict[str, Any], said: str) -> None:
    data = catalog().model_dump()
    data["kinds"]["fastapi"] |= change
    with pytest.raises(ValidationError, match=f"fastapi: .*{said}"):
        Catalog.model_validate(data)
