"""A client of the Debug Adapter Protocol, as small as it can be."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Any


class Debugger:
    """A connection to a debug adapter."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._stream = self._socket.makefile("rb")
        self._sent = 0

    def __enter__(self) -> Debugger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, command: str, **arguments: Any) -> int:
        """Send a request and return its number."""
        self._sent += 1
        body = json.dumps({"seq": self._sent, "type": "request", "command": command, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self._sent

    def receive(self, kind: str, name: str) -> dict[str, Any]:
        """Return the next message of this kind (event, response) and name; others are passed over."""
        while True:
            length = int(dict(self._headers())["content-length"])
            message: dict[str, Any] = json.loads(self._stream.read(length))
            if message["type"] == kind and message[{"event": "event", "response": "command"}[kind]] == name:
                return message

    def _headers(self) -> Iterator[tuple[str, str]]:
        while line := self._stream.readline():
            if not line.strip():
                return
            name, _, value = line.decode().partition(":")
            yield name.lower(), value.strip()
        raise AssertionError("the debugger hung up")
