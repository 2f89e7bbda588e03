"""The emulator of Lambda's runtime API that repositories with functions have."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.render import ROOT

FILE = next((ROOT / "template" / "ops").glob("*runtime_api.py*"))
INVOKE = "/2015-03-31/functions/function/invocations"
RUNTIME = "/2018-06-01/runtime"


class Answer(NamedTuple):
    status: int
    headers: Any
    body: Any


def request(url: str, body: bytes | None = None, seconds: float = 10) -> Answer:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=seconds) as answer:
            return Answer(answer.status, answer.headers, json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, json.loads(error.read()))


@pytest.fixture(scope="module")
def module() -> Any:
    # The name of a template has no suffix that Python knows.
    loader = SourceFileLoader("runtime_api", str(FILE))
    spec = importlib.util.spec_from_loader("runtime_api", loader)
    assert spec
    found = importlib.util.module_from_spec(spec)
    loader.exec_module(found)
    return found


@pytest.fixture
def url(module: Any) -> Iterator[str]:
    server = module.Server("127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def invoke(url: str) -> Iterator[Callable[..., Future[Answer]]]:
    with ThreadPoolExecutor(4) as pool:
        yield lambda event: pool.submit(request, url + INVOKE, event)


def test_an_event_reaches_the_function_and_its_answer_comes_back(
    url: str, invoke: Callable[..., Future[Answer]]
) -> None:
    waiting = invoke(b'{"name": "Ada"}')
    event = request(f"{url}{RUNTIME}/invocation/next")
    assert event.body == {"name": "Ada"}
    identity = event.headers["Lambda-Runtime-Aws-Request-Id"]
    assert int(event.headers["Lambda-Runtime-Deadline-Ms"]) > 1.7e12
    assert event.headers["Lambda-Runtime-Invoked-Function-Arn"].startswith("arn:aws:lambda:")
    assert event.headers["Lambda-Runtime-Trace-Id"].startswith("Root=1-")
    assert request(f"{url}{RUNTIME}/invocation/{identity}/response", b'"Hello"').status == 202
    answer = waiting.result()
    assert (answer.status, answer.body) == (200, "Hello")
    assert "X-Amz-Function-Error" not in answer.headers


def test_an_error_of_the_function_is_marked(url: str, invoke: Callable[..., Future[Answer]]) -> None:
    waiting = invoke(b"{}")
    identity = request(f"{url}{RUNTIME}/invocation/next").headers["Lambda-Runtime-Aws-Request-Id"]
    assert request(f"{url}{RUNTIME}/invocation/{identity}/error", b'{"errorType": "Mine"}').status == 202
    answer = waiting.result()
    assert answer.headers["X-Amz-Function-Error"] == "Unhandled"
    assert answer.body == {"errorType": "Mine"}


def test_an_answer_that_nobody_waits_for_is_refused(url: str) -> None:
    answer = request(f"{url}{RUNTIME}/invocation/no-such-id/response", b"{}")
    assert (answer.status, answer.body["errorType"]) == (400, "InvalidRequestID")


def test_an_event_that_is_no_json_never_reaches_the_function(url: str) -> None:
    assert request(url + INVOKE, b"{name}").status == 400


def test_events_wait_for_each_other(url: str, invoke: Callable[..., Future[Answer]]) -> None:
    waiting = [invoke(json.dumps(number).encode()) for number in range(3)]
    for _ in waiting:
        event = request(f"{url}{RUNTIME}/invocation/next")
        identity = event.headers["Lambda-Runtime-Aws-Request-Id"]
        request(f"{url}{RUNTIME}/invocation/{identity}/response", json.dumps(event.body * 2).encode())
    assert [one.result().body for one in waiting] == [0, 2, 4]


def test_what_a_function_worked_on_when_it_ended_is_an_error(url: str, invoke: Callable[..., Future[Answer]]) -> None:
    first = invoke(b"1")
    request(f"{url}{RUNTIME}/invocation/next")
    second = invoke(b"2")
    event = request(f"{url}{RUNTIME}/invocation/next")
    assert first.result().body["errorType"] == "Runtime.ExitError"
    identity = event.headers["Lambda-Runtime-Aws-Request-Id"]
    request(f"{url}{RUNTIME}/invocation/{identity}/response", b"2")
    assert second.result().body == 2


def test_no_event_is_lost_to_a_function_that_has_hung_up(url: str, invoke: Callable[..., Future[Answer]]) -> None:
    with pytest.raises(TimeoutError):
        request(f"{url}{RUNTIME}/invocation/next", seconds=0.5)
    waiting = invoke(b"7")
    event = request(f"{url}{RUNTIME}/invocation/next")
    assert event.body == 7
    identity = event.headers["Lambda-Runtime-Aws-Request-Id"]
    request(f"{url}{RUNTIME}/invocation/{identity}/response", b"7")
    assert waiting.result().body == 7


def test_a_start_that_failed_answers_events_until_another_one(url: str, invoke: Callable[..., Future[Answer]]) -> None:
    assert request(f"{url}{RUNTIME}/init/error", b'{"errorType": "Settings"}').status == 202
    assert invoke(b"{}").result().body == {"errorType": "Settings"}
    ready = request(f"{url}/health/ready")
    assert ready.status == 503
    assert ready.body["checks"]["function"].startswith("unavailable")


def test_it_is_ready_while_a_function_asks_for_events(url: str) -> None:
    assert request(f"{url}/health").body == {"status": "ok"}
    assert request(f"{url}/health/ready").status == 503
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(request, f"{url}{RUNTIME}/invocation/next", None, 2)
        for _ in range(20):
            if request(f"{url}/health/ready").status == 200:
                break
        else:
            pytest.fail("it never became ready")
        with pytest.raises(TimeoutError):
            asking.result()


def test_a_function_that_takes_too_long_is_an_error(
    url: str, invoke: Callable[..., Future[Answer]], module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", 0.3)
    waiting = invoke(b"{}")
    request(f"{url}{RUNTIME}/invocation/next")
    assert waiting.result().body["errorType"] == "Sandbox.Timedout"


FUNCTION = """
import os, sys, urllib.request
url = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
event = urllib.request.urlopen(url + "next")
print("a line of its log")
urllib.request.urlopen(url + event.headers["Lambda-Runtime-Aws-Request-Id"] + "/response", event.read())
"""


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [(FUNCTION, 0, '{"name": "Ada"}'), ("raise SystemExit(2)", 1, "the function ended with exit code 2")],
)
def test_one_event_can_be_answered_by_a_program(source: str, code: int, said: str, tmp_path: Path) -> None:
    program = tmp_path / "bootstrap"
    program.write_text(f"#!{sys.executable}\n{source}")
    program.chmod(0o755)
    command = [sys.executable, str(FILE), "--event", '{"name": "Ada"}', "--", str(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == code, done.stderr
    assert said in done.stdout
    assert "a line of its log" not in done.stdout
