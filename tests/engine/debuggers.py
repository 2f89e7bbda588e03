"""Debuggers that attach to what runs, as editors do: one function for each debugger that kinds name."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from types import TracebackType
from typing import Any, BinaryIO

from engine.project import Environment
from engine.web import request


def attach(protocol: str, environment: Environment, service: str, port: int) -> None:
    """Attach to a service's process and detach again; AssertionError says which step failed.

    `protocol` is a name in extensions/debuggers, `port` the one that this machine publishes.
    """
    ATTACH[protocol](environment, service, port)


class Debugger:
    """A connection to a debug adapter, which speaks the Debug Adapter Protocol."""

    def __init__(self, port: int) -> None:
        self._socket, self._stream = connect(port)
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


def connect(port: int) -> tuple[socket.socket, BinaryIO]:
    """Return a connection to a port of this machine, and what can be read from it."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    return connection, connection.makefile("rb")


def _debugpy(environment: Environment, service: str, port: int) -> None:
    """Attach to the adapter, which then names the process that serves: with --reload it is a child."""
    with Debugger(port) as debugger:
        debugger.send("initialize", adapterID="test", clientID="test", pathFormat="path")
        assert debugger.receive("response", "initialize")["success"] is True
        debugger.send("attach", justMyCode=True, subProcess=True)
        debugger.receive("event", "initialized")
        debugger.send("configurationDone")
        assert debugger.receive("response", "attach")["success"] is True
        assert debugger.receive("event", "debugpyAttach")["body"]["subProcessId"]
        debugger.send("disconnect", terminateDebuggee=False)
        # The adapter ends with a client that leaves without this, and processes that reload no longer find it.
        debugger.receive("response", "disconnect")


def _delve(environment: Environment, service: str, port: int) -> None:
    """Attach and ask for the threads: they are goroutines."""
    with Debugger(port) as debugger:
        debugger.send("initialize", adapterID="go", clientID="test", pathFormat="path")
        assert debugger.receive("response", "initialize")["success"] is True
        debugger.send("attach", mode="remote")
        debugger.receive("event", "initialized")
        debugger.send("configurationDone")
        debugger.receive("response", "configurationDone")
        debugger.send("pause", threadId=1)
        debugger.receive("event", "stopped")
        debugger.send("threads")
        names = [thread["name"] for thread in debugger.receive("response", "threads")["body"]["threads"]]
        assert any("main" in name for name in names), names
        debugger.send("continue", threadId=1)
        debugger.receive("response", "continue")
        debugger.send("disconnect", terminateDebuggee=False)
        debugger.receive("response", "disconnect")


def _inspector(environment: Environment, service: str, port: int) -> None:
    """Evaluate an expression in the process, over a WebSocket."""
    (target,) = request(f"http://127.0.0.1:{port}/json/list").json()
    path = "/" + target["webSocketDebuggerUrl"].split("/", 3)[3]
    connection, stream = connect(port)
    with closing(connection), closing(stream):
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", ""]
        connection.sendall("\r\n".join(lines).encode())
        assert b" 101 " in stream.readline()
        while stream.readline().strip():
            pass
        command = json.dumps({"id": 1, "method": "Runtime.evaluate", "params": {"expression": "process.release.name"}})
        # A short text frame of a client: masked, here with zeros.
        connection.sendall(bytes([0x81, 0x80 | len(command), 0, 0, 0, 0]) + command.encode())
        first, length = stream.read(2)
        assert first == 0x81
        length = int.from_bytes(stream.read(2), "big") if length == 126 else length
        assert json.loads(stream.read(length))["result"]["result"]["value"] == "node"


def _gdb(environment: Environment, service: str, port: int) -> None:
    """Attach to the service's process, whose number in the container the command names, and detach."""
    program = re.compile(r"(?:^|/)(?:service|bootstrap)$")
    listing = environment.exec(
        service, "sh", "-c", 'for each in /proc/[0-9]*; do echo "$each $(readlink $each/exe)"; done'
    )
    found = [line.split()[0].rpartition("/")[2] for line in listing.splitlines() if program.search(line)]
    assert found, listing
    connection, stream = connect(port)
    with closing(connection), closing(stream):

        def say(text: str) -> str:
            packet = f"${text}#{sum(text.encode()) % 256:02x}"
            connection.sendall(packet.encode())
            # An acknowledgement, then the answer, which is acknowledged too.
            assert stream.read(1) == b"+", text
            answer = bytearray()
            while not answer.endswith(b"#"):
                answer += stream.read(1)
            stream.read(2)
            connection.sendall(b"+")
            return answer[1:-1].decode()

        assert "PacketSize" in say("qSupported:multiprocess+")
        assert say("!") == "OK"
        assert say(f"vAttach;{int(found[0]):x}").startswith("T")
        assert say(f"D;{int(found[0]):x}") == "OK"


ATTACH: dict[str, Callable[[Environment, str, int], None]] = {
    "debugpy": _debugpy,
    "delve": _delve,
    "gdb": _gdb,
    "inspector": _inspector,
}
