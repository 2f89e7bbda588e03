"""A kind of service that the template does not have: one description and one folder, as an author would add them.

It keeps all that `docs/adding-a-kind.md` says that a kind promises, and no more.
"""

from __future__ import annotations

import re
from pathlib import Path

from support.copying import clone_files

NAME = "plain-python"
DESCRIPTION = """\
title: Plain Python
language: python
role: api
summary: HTTP server of Python's standard library
port: 8100
debug_port: 5800
debug_protocol: debugpy
uid: 1000
image_size: 50
stores: [redis]
healthcheck: [python, -m, server, check]
production: {cpu: 100m, memory: 64Mi}
development_limits: {cpu: "1", memory: 256Mi}
build_secrets:
  - {id: uv_default_index, help: "URL of a package index, with its credentials"}
development:
  workdir: /app
  dependencies: /opt/venv
  mounts: [{path: server}, {path: tests}]
  rebuild: [pyproject.toml, requirements.txt, requirements-dev.txt]
commands:
  test: >-
    coverage run -m unittest &&
    coverage html --directory=coverage && coverage report --format=total >coverage/total
  lint: python -m compileall -q server
  fmt: "true"
  lock: >-
    uv pip compile pyproject.toml -o requirements.txt &&
    uv pip compile pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
"""
DOCKERFILE = """\
# syntax=docker/dockerfile:1

FROM {{ stack.images.python }} AS base
ENV PATH=/opt/venv/bin:$PATH \\
    PYTHONDONTWRITEBYTECODE=1 \\
    PYTHONUNBUFFERED=1
WORKDIR /app

FROM base AS dependencies
COPY --from={{ stack.images.uv }} /uv /usr/local/bin/uv
ENV UV_LINK_MODE=copy \\
    UV_PYTHON_DOWNLOADS=never \\
    VIRTUAL_ENV=/opt/venv
RUN --mount=type=cache,target=/root/.cache/uv \\
    --mount=type=secret,id=uv_default_index,env=UV_DEFAULT_INDEX \\
    --mount=type=bind,source=requirements.txt,target=requirements.txt \\
    uv venv --quiet /opt/venv \\
    && uv pip sync --require-hashes requirements.txt \\
    && rm /opt/venv/.lock \\
    && find /opt/venv/lib -type f -exec chmod a-x {} + \\
    && chmod -R a+rwX /opt/venv

FROM dependencies AS development
COPY requirements-dev.txt ./
RUN --mount=type=cache,target=/root/.cache/uv \\
    --mount=type=secret,id=uv_default_index,env=UV_DEFAULT_INDEX \\
    uv pip sync --require-hashes requirements-dev.txt \\
    && chmod -R a+rwX /app /opt/venv
COPY . .
ENV HOME=/tmp
USER 1000:1000
EXPOSE {{ service.port }} 5800
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --start-interval=1s --retries=3 \\
    CMD {{ service.development_healthcheck | flow }}
CMD ["python", "-Xfrozen_modules=off", "-m", "debugpy", "--listen", "0.0.0.0:5800", "-m", "server", "--reload"]

FROM base AS builder
COPY --chmod=u=rwX,go=rX server server

FROM base AS production
COPY --link --chmod=u=rwX,go=rX --from=dependencies /opt/venv /opt/venv
COPY --link --from=builder /app /app
ENV ENVIRONMENT=production
USER {{ service.spec.uid }}:{{ service.spec.uid }}
EXPOSE {{ service.port }}
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --start-interval=1s --retries=3 \\
    CMD {{ service.healthcheck | flow }}
CMD ["python", "-m", "server"]
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="{{ stack.slug }}-{{ service.name }}" \\
    org.opencontainers.image.version="$VERSION" \\
    org.opencontainers.image.revision="$REVISION"
"""
DOCKERIGNORE = """\
*
!pyproject.toml
!requirements.txt
!requirements-dev.txt
!server/
!tests/
**/__pycache__/
**/.DS_Store
"""
PYPROJECT = """\
[project]
name = "{{ service.name }}"
version = "0.1.0"
requires-python = ">=3.14"
dependencies = ["redis>=8"]

[dependency-groups]
dev = ["coverage>=7", "debugpy>=1.8"]

[tool.uv.pip]
generate-hashes = true
no-annotate = true
universal = true

[tool.coverage.run]
source = ["server"]

[tool.coverage.report]
exclude_also = ["if __name__ == .__main__.:"]
fail_under = 80
"""
SETTINGS = '''\
"""What the environment tells the service, checked as a whole before anything starts."""

import os
import sys
from pathlib import Path

# Variable -> what to set it to.
VARIABLES = {
    "ENVIRONMENT": "development, test, staging or production",
    "PORT": "a port, 1 to 65535",
{% for variable in service.variables %}
    "{{ variable.name }}": {{ variable.help | tojson }},
{% endfor %}
}
SECRETS = {
{% for secret in service.secrets %}
    "{{ secret.variable }}": {{ secret.help | tojson }},
{% endfor %}
}
VALUES = {
    "ENVIRONMENT": ("development", "test", "staging", "production"),
    "LOG_LEVEL": ("debug", "info", "warning", "error"),
}


def problems() -> list[str]:
    """Return what is wrong, a line for each variable; secrets are shown to nobody."""
    found = []
    for name, right in VARIABLES.items():
        value = os.environ.get(name, "")
        port = name == "PORT" or name.endswith("_PORT")
        url = name.endswith("_URL")
        if (
            not value
            or value not in VALUES.get(name, [value])
            or (port and not (value.isdecimal() and 0 < int(value) < 65536))
            or (url and not value.startswith(("http://", "https://")))
        ):
            found.append(f"{name} is {value!r}; set it to {right}")
    for name, right in SECRETS.items():
        try:
            if not secret(name):
                found.append(f"{name} is not set; set it to {right}, or {name}_FILE to the path of a file with it")
        except OSError as error:
            found.append(f"{name}_FILE cannot be read ({error.strerror}); set it to the path of a file with {right}")
    return found


def secret(name: str) -> str:
    """Return a secret: the variable, or what is in the file that it names."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else os.environ.get(name, "")


def check() -> None:
    """Say all that is wrong on standard error, and exit with 2."""
    if wrong := problems():
        print("\\n".join(["Cannot start:", *(f"  {line}" for line in wrong)]), file=sys.stderr)
        raise SystemExit(2)
'''
SERVER = '''\
"""Answers whether it and what it needs are well."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from server import settings

UPSTREAMS = {{ service.upstreams | map(attribute='env') | list | tojson }}


def ask(url: str) -> None:
    """Ask for a page; OSError where there is none."""
    with urllib.request.urlopen(url, timeout=2) as answer:
        answer.read()


def checks() -> dict[str, str]:
    """Return how each thing is that the service needs."""
    found = {}
    for name in UPSTREAMS:
        try:
            ask(os.environ[name] + "/health")
        except OSError:
            found[name] = "unavailable"
        else:
            found[name] = "ok"
{% if service.stores %}
    from redis import Redis, RedisError

    host, port = os.environ["REDIS_HOST"], int(os.environ["REDIS_PORT"])
    try:
        Redis(host, port, password=settings.secret("REDIS_PASSWORD") or None, socket_timeout=2).ping()
    except RedisError:
        found["redis"] = "unavailable"
    else:
        found["redis"] = "ok"
{% endif %}
    return found


class Handler(BaseHTTPRequestHandler):
    """The two paths of health; all else there is not."""

    def do_GET(self) -> None:
        """Answer a request."""
        status, body = 404, {"detail": "not found"}
        if self.path == "/health":
            status, body = 200, {"status": "ok"}
        elif self.path == "/health/ready":
            found = checks()
            well = set(found.values()) <= {"ok"}
            status, body = (200, {"status": "ok", "checks": found}) if well else (503, {"status": "no", "checks": found})
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *words: object) -> None:
        """Log a request: a JSON line where deployed, text elsewhere."""
        text = format % words
        deployed = os.environ["ENVIRONMENT"] in ("staging", "production")
        print(json.dumps({"level": "info", "message": text}) if deployed else text, flush=True)


def stamps() -> list[float]:
    """Return when each file of the source was changed."""
    return [path.stat().st_mtime for path in sorted(Path(__file__).parent.glob("*.py"))]


def reload() -> None:
    """Run the server again whenever its source has changed."""
    while True:
        seen = stamps()
        server = subprocess.Popen([sys.executable, "-m", "server"])
        try:
            while stamps() == seen:
                time.sleep(0.5)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        ask(f"http://127.0.0.1:{os.environ['PORT']}/health")
        raise SystemExit
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    if sys.argv[1:] == ["--reload"]:
        reload()
    settings.check()
    ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
'''
TESTS = '''\
"""What it answers, and what it says of a wrong environment."""

import json
import os
import threading
import unittest
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer
from unittest import mock

from server import __main__ as server
from server import settings


def answer(path: str) -> tuple[int, dict]:
    """Return the status and the body that the server answers with."""
    with ThreadingHTTPServer(("127.0.0.1", 0), server.Handler) as http:
        threading.Thread(target=http.serve_forever).start()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{http.server_port}{path}") as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        finally:
            http.shutdown()


class Answers(unittest.TestCase):
    def test_it_is_well(self) -> None:
        self.assertEqual(answer("/health"), (200, {"status": "ok"}))

    def test_there_is_nothing_else(self) -> None:
        self.assertEqual(answer("/other")[0], 404)

    def test_it_is_ready_when_all_is_that_it_needs(self) -> None:
        nowhere = {name: "http://127.0.0.1:1" for name in server.UPSTREAMS}
        with mock.patch.dict(os.environ, {**nowhere, "REDIS_HOST": "127.0.0.1", "REDIS_PORT": "1"}):
            status, body = answer("/health/ready")
        self.assertEqual(status, 503 if body["checks"] else 200)


class Reloading(unittest.TestCase):
    def test_it_runs_until_its_source_has_changed(self) -> None:
        changed = mock.patch.object(server, "stamps", side_effect=[[1.0], [1.0], [2.0], KeyboardInterrupt])
        with changed, mock.patch("subprocess.Popen") as run, mock.patch("time.sleep"):
            self.assertRaises(KeyboardInterrupt, server.reload)
        run.return_value.terminate.assert_called_once_with()

    def test_a_saved_file_is_a_change(self) -> None:
        self.assertEqual(len(server.stamps()), 3)


class Environment(unittest.TestCase):
    def test_all_that_is_wrong_is_said(self) -> None:
        with mock.patch.dict(os.environ, {"PORT": "http", "ENVIRONMENT": ""}):
            found = settings.problems()
        self.assertIn("ENVIRONMENT is ''; set it to development, test, staging or production", found)
        self.assertIn("PORT is 'http'; set it to a port, 1 to 65535", found)

    def test_it_does_not_start_then(self) -> None:
        with mock.patch.dict(os.environ, {"PORT": "0"}), self.assertRaisesRegex(SystemExit, "2"):
            settings.check()
'''


def extended(folder: Path) -> Path:
    """Return a copy of the template that knows one more kind: what is added is one file and one folder."""
    root = clone_files(folder)
    (root / "extensions/kinds" / f"{NAME}.yml").write_text(DESCRIPTION)
    variable = NAME.replace("-", "_")
    skeleton = (
        root / "template" / f"{{% yield service from {variable}_services %}}{{{{ service.path }}}}{{% endyield %}}"
    )
    (skeleton / "server").mkdir(parents=True)
    (skeleton / "tests").mkdir()
    (skeleton / "Dockerfile.jinja").write_text(DOCKERFILE)
    (skeleton / ".dockerignore").write_text(DOCKERIGNORE)
    (skeleton / "pyproject.toml.jinja").write_text(PYPROJECT)
    (skeleton / "requirements.txt").write_text(locked(root, "redis"))
    (skeleton / "requirements-dev.txt").write_text(locked(root, "coverage", "debugpy", "redis"))
    (skeleton / "server" / "__init__.py").write_text('"""A plain server."""\n')
    (skeleton / "server" / "__main__.py.jinja").write_text(SERVER)
    (skeleton / "server" / "settings.py.jinja").write_text(SETTINGS)
    (skeleton / "tests" / "__init__.py").touch()
    (skeleton / "tests" / "test_server.py").write_text(TESTS)
    return root


def locked(root: Path, *packages: str) -> str:
    """Return a lock file of packages that need no others, in the versions that the template has of them."""
    (lock,) = (root / "template").glob("*fastapi_services*/requirements-dev.txt.jinja")
    text = lock.read_text()
    found = [re.search(rf"^{package}==.*\n(?: +--hash=.*\n)+", text, re.MULTILINE) for package in packages]
    return "".join(match[0] for match in found if match)
