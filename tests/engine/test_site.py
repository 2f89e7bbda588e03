"""The site that nginx serves."""

from __future__ import annotations

import gzip
import re

import pytest

from engine.commands import docker, run
from engine.project import Environment, Project
from engine.web import Answer, ask, request
from support.waiting import until


@pytest.fixture(scope="module")
def page(production: Environment) -> Answer:
    return request(production.url("frontend", "/"))


@pytest.fixture(scope="module")
def assets(page: Answer) -> list[str]:
    """The paths of the files that the page loads and whose names hold their content's digest."""
    found = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text)
    assert {path.rpartition(".")[2] for path in found} == {"js", "css"}
    return found


@pytest.mark.parametrize("path", ["/notes", "/a/deep/link", "/about?from=test"])
def test_every_page_is_the_application(production: Environment, page: Answer, path: str) -> None:
    answer = request(production.url("frontend", path))
    assert (answer.status, answer.headers.get_content_type(), answer.body) == (200, "text/html", page.body)
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/gone-12345678.js", "/robots.txt", "/.env", "/assets/x.js.map"])
def test_a_missing_file_is_no_page(production: Environment, path: str) -> None:
    answer = request(production.url("frontend", path))
    assert answer.status == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_assets_are_cached_for_ever_and_compressed(production: Environment, assets: list[str]) -> None:
    for path in assets:
        plain = request(production.url("frontend", path))
        assert plain.status == 200
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        packed = request(production.url("frontend", path), headers={"Accept-Encoding": "gzip"})
        if len(plain.body) > 1024:
            assert packed.headers["Content-Encoding"] == "gzip"
            assert "Accept-Encoding" in packed.headers["Vary"]
            assert gzip.decompress(packed.body) == plain.body
        again = request(production.url("frontend", path), headers={"If-None-Match": plain.headers["ETag"]})
        assert again.status == 304


def test_security_headers_are_on_every_answer(production: Environment, assets: list[str]) -> None:
    for path in ("/", "/notes", "/config.js", "/missing.js", *assets):
        headers = request(production.url("frontend", path)).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert policy["object-src"] == "'none'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "/" not in headers["Server"], "it tells its version"


def test_the_page_keeps_to_its_own_policy(page: Answer) -> None:
    """Nothing inline, and nothing from elsewhere."""
    assert re.findall(r"<script(?![^>]*\bsrc=)", page.text) == []
    assert re.findall(r"<style|\bstyle=|\bon\w+=", page.text) == []
    assert all(url.startswith("/") for url in re.findall(r'(?:src|href)="([^"]+)"', page.text))


def test_the_same_image_knows_its_environment(
    production: Environment, development: Environment, project: Project
) -> None:
    for environment, url in (("production", production), ("development", development)):
        answer = request(url.url("frontend", "/config.js"))
        assert answer.headers.get_content_subtype() == "javascript"
        assert f'{{"environment":"{environment}"}}' in answer.text
    container = docker(
        "run", "--detach", "--rm", "--read-only", "--tmpfs=/tmp", "--publish=127.0.0.1::8080",
        "--env=ENVIRONMENT=staging", "--env=BACKEND_URL=http://backend:8000", project.image("frontend"),
    ).strip()  # fmt: skip
    try:
        address = docker("port", container, "8080/tcp").strip()
        staging, _ = until("it answers", lambda: ask(f"http://{address}/config.js"))
        assert '{"environment":"staging"}' in staging.text
        # Pages are served whatever else is down.
        assert request(f"http://{address}/").status == 200
        assert request(f"http://{address}/api/notes").status == 503
    finally:
        docker("rm", "--force", container)


def test_a_wrong_environment_is_refused_with_every_problem(project: Project) -> None:
    done = run("docker", "run", "--rm", "--env=ENVIRONMENT=prod", "--env=PORT=80", project.image("frontend"))
    assert done.code == 2
    for variable in ("ENVIRONMENT is 'prod'", "PORT is '80'", "BACKEND_URL is ''"):
        assert variable in done.output
