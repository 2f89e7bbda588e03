"""Sources and stores that do what a test wants."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from app.measurements import Measurement


class FakeSource:
    """Records that a test sets; each failure is raised once, before they are returned."""

    def __init__(self, records: list[object], failures: Sequence[Exception] = ()) -> None:
        self.records = records
        self.failures = list(failures)
        self.asked: list[datetime | None] = []

    async def fetch(self, since: datetime | None) -> list[object]:
        self.asked.append(since)
        if self.failures:
            raise self.failures.pop(0)
        return self.records


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

    async def save(self, measurements: Sequence[Measurement]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.rows |= {(each.source, each.name, each.time): each.value for each in measurements}
        self.saved = measurements[-1].time

    async def check(self) -> None:
        pass

    async def prepare(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
