"""An index of packages, Python's and npm's in one, that knows every package and delivers none."""

from __future__ import annotations

import http.server
import json
import re
import threading
import time
import urllib.parse
from collections import defaultdict
from types import TracebackType

HOST = "host.docker.internal"


class FailingIndex:
    """Serves `{name: [(version, sha256)]}` while in its context; `pages` are refused too where asked for.

    `asked` holds, for each path, when it was asked for.
    """

    def __init__(self, packages: dict[str, list[tuple[str, str]]], *, pages: bool, hang_up: bool) -> None:
        self.asked: dict[str, list[float]] = defaultdict(list)
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = urllib.parse.unquote(self.path)
                index.asked[path].append(time.monotonic())
                page = index.page(path, packages)
                if page is None or pages:
                    self.refuse()
                else:
                    self.answer(200, *page)

            def refuse(self) -> None:
                if hang_up:
                    self.close_connection = True
                else:
                    self.answer(503, "text/plain", "")

            def answer(self, status: int, kind: str, text: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 500  # package managers ask for everything at once
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Leave it to the client to complain."""

        # Builds reach this machine by its address in their network, not by its own name.
        self._server = Server(("0.0.0.0", 0), Handler)  # noqa: S104
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def page(self, path: str, packages: dict[str, list[tuple[str, str]]]) -> tuple[str, str] | None:
        """Return type and text of a package's page; None for a file."""
        if simple := re.fullmatch(r"/simple/([^/]+)/", path):
            files = [
                (f"{simple[1].replace('-', '_')}-{version}-py3-none-any.whl", digest)
                for version, digest in packages[simple[1]]
            ]
            return "text/html", "".join(f'<a href="/files/{name}#sha256={digest}">{name}</a>' for name, digest in files)
        if path[1:] in packages:
            name = path[1:]
            versions = {
                version: {
                    "name": name,
                    "version": version,
                    "dist": {"tarball": f"{self.url}/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"},
                }
                for version, _ in packages[name]
            }
            return "application/json", json.dumps({"name": name, "versions": versions})
        return None

    def __enter__(self) -> FailingIndex:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
