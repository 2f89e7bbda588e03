"""A kind of service that the template does not have: one description and one folder, as an author would add them."""

from __future__ import annotations

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
image_size: 1
stores: [redis]
healthcheck: [python, -m, server, check]
production: {cpu: 100m, memory: 64Mi}
development_limits: {cpu: "1", memory: 128Mi}
development:
  workdir: /app
  dependencies: /opt/venv
  mounts: [{path: server}]
  rebuild: [requirements.txt]
commands:
  test: python -m unittest
  lint: python -m compileall -q server
  fmt: "true"
  lock: "true"
"""
DOCKERFILE = """\
# syntax=docker/dockerfile:1

FROM {{ stack.images.python }} AS base
ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

FROM base AS dependencies
RUN --mount=type=bind,source=requirements.txt,target=requirements.txt \\
    python -m venv /opt/venv && chmod -R a+rwX /opt/venv

FROM dependencies AS development
COPY . .
ENV HOME=/tmp
USER 1000:1000
EXPOSE {{ service.port }} 5800
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --start-interval=1s --retries=3 \\
    CMD {{ service.development_healthcheck | flow }}
CMD ["python", "-m", "server"]

FROM base AS builder
COPY --chmod=u=rwX,go=rX server server

FROM base AS production
COPY --link --from=builder /app /app
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
SERVER = '''\
"""Answers that it is well."""

import json
import os
import signal
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(os.environ["PORT"])


class Handler(BaseHTTPRequestHandler):
    """The two paths of health; all else there is not."""

    def do_GET(self) -> None:
        """Answer a request."""
        found = self.path in ("/health", "/health/ready")
        body = json.dumps({"status": "ok", "checks": {}} if found else {"detail": "not found"}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health")
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        ThreadingHTTPServer(("0.0.0.0", PORT), Handler).serve_forever()
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
    (skeleton / "Dockerfile.jinja").write_text(DOCKERFILE)
    (skeleton / ".dockerignore").write_text("*\n!server/\n!requirements.txt\n**/__pycache__/\n")
    (skeleton / "requirements.txt").write_text("# Nothing beyond the standard library.\n")
    (skeleton / "server" / "__main__.py").write_text(SERVER)
    return root
