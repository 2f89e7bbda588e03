import asyncio
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx2
import pytest
from pydantic import HttpUrl

from app.measurements import transform
from app.settings import Settings
from app.source import HttpSource, SampleSource, SourceError, create_source

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIMIT = 10_000

type Serve = Callable[[int, object], str]


@pytest.fixture
def asked() -> list[str]:
    """The paths that the server was asked for."""
    return []


@pytest.fixture
def serve(asked: list[str]) -> Iterator[Serve]:
    """A function that answers with this status and JSON from now on, and returns the URL."""
    answer: dict[str, object] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(int(str(answer["status"])))
            self.end_headers()
            self.wfile.write(json.dumps(answer["body"]).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()

        def set_answer(status: int, body: object) -> str:
            answer.update(status=status, body=body)
            return f"http://127.0.0.1:{server.server_port}/values?page=all"

        yield set_answer
        server.shutdown()
        thread.join()


def test_the_url_is_asked_for_the_first_records_since(serve: Serve, asked: list[str]) -> None:
    source = HttpSource(serve(200, [{"value": 1}]))
    assert asyncio.run(source.fetch(None, LIMIT)) == [{"value": 1}]
    asyncio.run(source.fetch(NOW, LIMIT))
    assert asked == [
        "/values?page=all&limit=10000",
        "/values?page=all&limit=10000&since=2026-11-21T12%3A00%3A00%2B00%3A00",
    ]


def test_what_is_not_a_list_is_an_error(serve: Serve) -> None:
    with pytest.raises(SourceError, match="answered with dict, not with a list"):
        asyncio.run(HttpSource(serve(200, {"detail": "no"})).fetch(None, LIMIT))


def test_a_status_of_failure_is_an_error(serve: Serve) -> None:
    with pytest.raises(httpx2.HTTPStatusError, match="503"):
        asyncio.run(HttpSource(serve(503, [])).fetch(None, LIMIT))


def test_samples_are_measurements_and_always_the_same() -> None:
    source = SampleSource(lambda: NOW)
    records = asyncio.run(source.fetch(None, LIMIT))
    measurements, refused, ordered = transform(records, NOW)
    assert (len(measurements), refused, ordered) == (2 * 361, [], True)
    assert asyncio.run(source.fetch(None, 5)) == records[:5]
    since = NOW - timedelta(seconds=25)
    assert asyncio.run(source.fetch(since, LIMIT)) == records[-2 * 3 :]
    assert asyncio.run(source.fetch(NOW - timedelta(days=9), LIMIT)) == records


def test_samples_follow_the_clock() -> None:
    records = asyncio.run(SampleSource().fetch(None, LIMIT))
    newest = transform(records, datetime.now(UTC)).measurements[-1].time
    assert 0 <= time.time() - newest.timestamp() < 15


@pytest.mark.parametrize(
    ("url", "kind"), [("samples", SampleSource), (HttpUrl("http://host/values"), HttpSource)]
)
def test_the_settings_name_the_source(
    settings: Settings, url: HttpUrl | str, kind: type[object]
) -> None:
    assert isinstance(create_source(settings.model_copy(update={"source_url": url})), kind)


@pytest.mark.parametrize(
    ("environment", "url", "warns"),
    [
        ("development", "samples", False),
        ("staging", "samples", True),
        ("production", "samples", True),
        ("production", HttpUrl("http://host/values"), False),
    ],
)
def test_samples_where_the_service_is_deployed_are_warned_of(
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    environment: str,
    url: HttpUrl | str,
    *,
    warns: bool,
) -> None:
    create_source(settings.model_copy(update={"environment": environment, "source_url": url}))
    assert ("the measurements are invented" in caplog.text) is warns
