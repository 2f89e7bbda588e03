from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ops import builds
from ops.process import Result
from ops.report import Finding, error

STEP = "[api dependencies 2/2] RUN --mount=type=cache,target=/c   uv pip sync requirements.txt"
LOGS = [
    "Resolved 24 packages",
    "",
    "error: Request failed after 3 retries",
    "  cause: https://index.example/simple/idna/",
]


@pytest.fixture
def history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[Finding]]:
    """Return a function that says what is found in builds, given newest last."""

    def findings(*given: dict[str, Any]) -> list[Finding]:
        inspected = {str(number): build for number, build in enumerate(given)}
        now = datetime.datetime.now(datetime.UTC)
        records = [
            {
                "ref": f"default/default/{ref}",
                "name": build.get("Name", "api (production)"),
                "status": "Error" if "Error" in build else "Completed",
                "created_at": (now - datetime.timedelta(seconds=build.get("age", 60 - int(ref)))).isoformat() + "000Z",
            }
            for ref, build in inspected.items()
        ]

        def run(command: list[str], **_: Any) -> Result:
            if command[3] == "ls":
                return Result(0, "\n".join(map(json.dumps, records)), "")
            return Result(0, json.dumps(inspected[command[4]]), "")

        service = SimpleNamespace(name="api", path="services/api")
        monkeypatch.setattr(builds, "run", run)
        monkeypatch.setattr(builds, "ROOT", tmp_path)
        monkeypatch.setattr(builds, "load", lambda: SimpleNamespace(slug="demo", services={"api": service}))
        return builds.lately_failed()

    return findings


def failure(**given: Any) -> dict[str, Any]:
    return {"Context": "services/api", "Error": {"Name": STEP, "Logs": LOGS}, **given}


def test_stage_service_command_and_last_words_are_named(history: Callable[..., list[Finding]]) -> None:
    (finding,) = history(failure())
    assert finding.what == "stage dependencies of api failed in: RUN uv pip sync requirements.txt"
    assert finding.detail == tuple(line for line in LOGS if line)
    assert "run it again" in finding.remedy


@pytest.mark.parametrize(
    "build",
    [
        {"Context": "services/api"},
        failure(Context="services/other"),
        failure(Error={"Name": "", "Logs": []}),
        failure(age=builds.RECENT + 60),
        failure(Labels=[{"Name": "com.docker.compose.project", "Value": "other"}]),
    ],
    ids=["succeeded", "another repository's", "cancelled", "long ago", "another project's"],
)
def test_other_builds_are_of_no_interest(history: Callable[..., list[Finding]], build: dict[str, Any]) -> None:
    assert history(build) == []


def test_the_newest_build_of_a_service_tells(history: Callable[..., list[Finding]]) -> None:
    assert history(failure(), {"Context": "services/api", "Name": "api (development)"}) == []
    assert len(history({"Context": "services/api"}, failure(Name="api (development)"))) == 1


def test_without_a_history_the_builds_own_words_have_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "run", lambda *_, **__: Result(1, "", "unknown command"))
    monkeypatch.setattr("ops.checks.engine.check", list)
    assert builds.lately_failed() == []
    (finding,) = builds.failed()
    assert "named above" in finding.what


def test_no_stage_is_at_fault_where_there_is_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    down = error("engine", "it is not running", "start it")
    monkeypatch.setattr("ops.checks.engine.check", lambda: [down])
    assert builds.failed() == [down]


@pytest.mark.parametrize(
    ("said", "package"),
    [
        ("cause: Failed to fetch: https://index.example/simple/idna/", "idna 3.20"),
        ("status (503) for url (http://user:pass@index.example:81/root/simple/uvicorn/)", "uvicorn 0.54.0"),
        ("503 Service Unavailable - GET http://registry.example/zod", "zod 4.1.0"),
        ("503 - GET http://registry.example/@types%2fnode - gone", "@types/node 26.0.1"),
        ("Failed to fetch: https://index.example/simple/unheard-of/", None),
        ("ruff failed in app/idna.py", None),
    ],
)
def test_the_lock_files_tell_the_version_of_what_could_not_be_fetched(
    tmp_path: Path, said: str, package: str | None
) -> None:
    (tmp_path / "requirements.txt").write_text("idna==3.20 \\\n    --hash=sha256:00\nuvicorn[standard]==0.54.0\n")
    lock = '"node_modules/zod": {\n  "version": "4.1.0"\n},\n"node_modules/@types/node": {\n "version": "26.0.1"}'
    (tmp_path / "package-lock.json").write_text(lock)
    assert builds.missing_package(said, tmp_path) == package
