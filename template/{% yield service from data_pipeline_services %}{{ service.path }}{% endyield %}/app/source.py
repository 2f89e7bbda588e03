"""Where records come from: an address, or samples that are made here."""

import logging
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx2

from app import NAME
from app.settings import Settings

TIMEOUT_SECONDS = 20
SAMPLE_SECONDS = 10
SAMPLE_HISTORY = timedelta(hours=1)

logger = logging.getLogger(__name__)


class SourceError(Exception):
    """The source answered with something that is not a list of records."""


class Source(Protocol):
    """Anything that has records."""

    async def fetch(self, since: datetime | None, limit: int) -> list[object]:
        """Return the first `limit` records of this time and later, or of all; the oldest first.

        Fewer say that there are no more. One that returns all records in any order works too.

        Raises:
            Exception: they cannot be had.
        """


class HttpSource:
    """A URL that answers GET with a JSON list of {time, source, name, value}."""

    def __init__(self, url: str) -> None:
        self._url = httpx2.URL(url)

    async def fetch(self, since: datetime | None, limit: int) -> list[object]:
        """Return the first records of this time and later: the URL's parameters."""
        asked = {"limit": str(limit)} | ({"since": since.isoformat()} if since else {})
        url = self._url.copy_merge_params(asked)
        async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=True) as client:
            response = await client.get(url, headers={"Accept": "application/json"})
        response.raise_for_status()
        records = response.json()
        if not isinstance(records, list):
            raise SourceError(f"the source answered with {type(records).__name__}, not with a list")
        return records


class SampleSource:
    """Samples of the last hour, one every 10 s; each depends on nothing but its time."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    async def fetch(self, since: datetime | None, limit: int) -> list[object]:
        """Return the first samples of this time and later."""
        now = self._clock()
        start = now - SAMPLE_HISTORY
        first = start if since is None else max(since, start)
        ticks = range(
            math.ceil(first.timestamp() / SAMPLE_SECONDS),
            math.floor(now.timestamp() / SAMPLE_SECONDS) + 1,
        )
        return [record for tick in ticks for record in _samples(tick * SAMPLE_SECONDS)][:limit]


def _samples(seconds: int) -> list[object]:
    day = math.sin(2 * math.pi * seconds / 86_400)
    time = datetime.fromtimestamp(seconds, UTC).isoformat()
    return [
        {"time": time, "source": NAME, "name": "temperature", "value": round(20 + 5 * day, 3)},
        {"time": time, "source": NAME, "name": "humidity", "value": round(50 - 10 * day, 3)},
    ]


def create_source(settings: Settings) -> Source:
    """Return the source that the settings name, with a warning where samples would pass for real."""
    if settings.source_url != "samples":
        return HttpSource(str(settings.source_url))
    if settings.deployed:
        logger.warning("the measurements are invented: SOURCE_URL is samples, and not a URL")
    return SampleSource()
