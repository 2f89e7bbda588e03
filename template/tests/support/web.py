"""Requests to a stack that runs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any, NamedTuple

import pytest

from tests.support.repository import ROOT

SECONDS = 10


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    type: str
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


def request(url: str, method: str = "GET", body: Any = None) -> Answer:
    """Send a request, with `body` as JSON, and return the answer, whatever its status."""
    data = None if body is None else json.dumps(body).encode()
    message = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(message, timeout=SECONDS) as answer:
            return Answer(answer.status, answer.headers.get_content_type(), answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return Answer(answer.code, answer.headers.get_content_type(), answer.read())


def eventually(url: str, status: int, seconds: float = 30) -> Answer:
    """Ask until the answer has this status; the last answer, after so many seconds, whatever it is."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = request(url)
        except OSError:
            answer = Answer(0, "", b"")
        if answer.status == status or time.monotonic() > end:
            return answer
        time.sleep(0.5)


def addresses(environment: str) -> dict[str, str]:
    """Return the URL of each service that an environment publishes."""
    command = [sys.executable, "-m", "ops", "urls", "--environment", environment, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stderr.strip(), pytrace=False)
    return {
        name: item["url"]
        for name, items in json.loads(done.stdout).items()
        for item in items
        if item["url"].startswith("http") and not item["debugger"]
    }
