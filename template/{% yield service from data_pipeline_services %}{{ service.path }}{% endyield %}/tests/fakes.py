"""Sources and stores that do what a test wants."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from app.measurements import Measurement
from app.pipeline import Pipeline
from app.source import Source
from app.stores.base import Store

LATENESS = timedelta(minutes=10)
PAGE_SIZE = 1000


def pipeline(source: Source, *stores: Store) -> Pipeline:
    """Return a pipeline that runs once a minute."""
    lateness = LATENESS.total_seconds()
    return Pipeline(source, stores, interval=60, lateness=lateness, page_size=PAGE_SIZE)


class FakeSource:
    """Records that a test sets, whatever it is asked for; each failure is raised once, before they are returned."""

    def __init__(self, records: Sequence[object], failures: Sequence[Exception] = ()) -> None:
        self.records = list(records)
        self.failures = list(failures)
        self.asked: list[datetime | None] = []

    async def fetch(self, since: datetime | None, _: int) -> list[object]:
        self.asked.append(since)
        if self.failures:
            raise self.failures.pop(0)
        return self.records


class Archive:
    """A source as it should be: the first records of a time and later, the oldest first."""

    def __init__(self, records: Sequence[dict[str, Any]] = ()) -> None:
        self.records = list(records)
        self.asked: list[tuple[datetime | None, int]] = []

    async def fetch(self, since: datetime | None, limit: int) -> list[object]:
        self.asked.append((since, limit))
        found = [record for record in self.records if since is None or record["time"] >= since]
        found.sort(key=lambda record: record["time"])
        return list(found[:limit])


class FakeStore:
    """Rows in memory; each failure is raised once, before rows are written."""

    def __init__(self, name: str = "fake", failures: Sequence[Exception] = ()) -> None:
        self.name = name
        self.failures = list(failures)
        self.locked = False
        self.rows: dict[tuple[str, str, datetime], float] = {}
        self.saved: datetime | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[FakeStore]:
        yield self

    async def lock(self) -> bool:
        return not self.locked

    async def checkpoint(self) -> datetime | None:
        return self.saved

    async def save(self, measurements: Sequence[Measurement], checkpoint: datetime) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.rows |= {(each.source, each.name, each.time): each.value for each in measurements}
        self.saved = checkpoint

    async def check(self) -> None:
        pass

    async def prepare(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
