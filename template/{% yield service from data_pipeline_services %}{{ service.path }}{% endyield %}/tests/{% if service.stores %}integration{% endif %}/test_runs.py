import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from app.measurements import Measurement
from app.pipeline import Result
from app.prepare import prepare
from app.settings import Settings
from app.source import Source
from app.stores.base import Session
from tests.fakes import LATENESS, Archive, FakeSource, pipeline
from tests.integration.support import AnyStore, Row, opened, rows

pytestmark = pytest.mark.integration

START = datetime(2025, 11, 21, tzinfo=UTC)
BATCH = 100


def records(count: int, value: float = 1.5) -> list[object]:
    """Return this many records, one a second."""
    return [
        {"time": START + timedelta(seconds=second), "source": "roof", "name": "x", "value": value}
        for second in range(count)
    ]


def expected(count: int, value: float = 1.5) -> list[Row]:
    """Return the rows that these records become."""
    return [(START + timedelta(seconds=second), "roof", "x", value) for second in range(count)]


async def run(store: AnyStore, source: Source) -> Result:
    """Run the pipeline once."""
    return await pipeline(source, store).run()


def test_two_runs_leave_the_rows_of_one(store: AnyStore) -> None:
    async def scenario() -> None:
        source = FakeSource(records(10))
        assert await run(store, source) == "success"
        assert await rows(store) == expected(10)
        assert await run(store, source) == "success"
        assert await rows(store) == expected(10)
        assert source.asked == [None, START + timedelta(seconds=9) - LATENESS]

    asyncio.run(scenario())


def test_a_value_that_the_source_corrects_is_corrected(store: AnyStore) -> None:
    async def scenario() -> None:
        await run(store, FakeSource(records(3)))
        await run(store, FakeSource(records(3, value=2.5)))
        assert await rows(store) == expected(3, value=2.5)

    asyncio.run(scenario())


def test_what_comes_late_is_stored_though_another_clock_is_ahead(store: AnyStore) -> None:
    now = datetime.now(UTC)
    times = [now - timedelta(minutes=1), now + timedelta(minutes=4), now - timedelta(minutes=9)]
    sent = [{"time": time, "source": f"{time}", "name": "x", "value": 1} for time in times]

    async def scenario() -> None:
        archive = Archive(sent[:2])
        assert await run(store, archive) == "success"
        assert len(await rows(store)) == 2
        async with store.open() as session:
            checkpoint = await session.checkpoint()
        assert checkpoint is not None
        assert now <= checkpoint <= datetime.now(UTC)
        archive.records.append(sent[2])
        assert await run(store, archive) == "success"
        assert sorted(time for time, *_ in await rows(store)) == sorted(times)

    asyncio.run(scenario())


def test_texts_and_times_come_back_as_they_were(store: AnyStore) -> None:
    time = datetime.fromisoformat("2025-11-21T13:59:00.123456+02:00")
    record = {"time": time, "source": "Zoë ✓", "name": 'it\'s; "x"', "value": -1e-300}

    async def scenario() -> None:
        await run(store, FakeSource([record]))
        assert await rows(store) == [(time, "Zoë ✓", 'it\'s; "x"', -1e-300)]

    asyncio.run(scenario())


class Slow:
    """A store that takes its time for each batch."""

    def __init__(self, store: AnyStore) -> None:
        self._store = store
        self.name = store.name
        self.check = store.check
        self.prepare = store.prepare

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Session]:
        async with self._store.open() as session:
            save = session.save

            async def save_slowly(
                measurements: Sequence[Measurement], checkpoint: datetime
            ) -> None:
                await save(measurements, checkpoint)
                await asyncio.sleep(0.05)

            session.save = save_slowly  # type: ignore[method-assign]  # only in this test
            yield session


def load_slowly(settings: Settings, name: str, count: int) -> None:
    """Load one store; the process that does this is killed in the middle of it."""
    (store,) = (each for each in opened(settings) if each.name == name)
    asyncio.run(pipeline(FakeSource(records(count)), Slow(store)).run())


def test_after_a_run_was_killed_the_next_completes_it(
    store: AnyStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 60 * BATCH
    monkeypatch.setattr("app.pipeline.BATCH", BATCH)
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=load_slowly, args=(settings, store.name, count))
    process.start()

    async def scenario() -> None:
        while not await rows(store):
            await asyncio.sleep(0.05)
        process.kill()
        process.join()
        left = len(await rows(store))
        assert 0 < left < count
        source = FakeSource(records(count))
        assert await run(store, source) == "success"
        assert source.asked[0] is not None
        assert await rows(store) == expected(count)

    asyncio.run(scenario())


def test_a_cancelled_run_ends_at_once_and_nothing_is_lost(
    store: AnyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 60 * BATCH
    monkeypatch.setattr("app.pipeline.BATCH", BATCH)

    async def scenario() -> None:
        worker = pipeline(FakeSource(records(count)), Slow(store))
        running = asyncio.create_task(worker.run())
        while not await rows(store):
            await asyncio.sleep(0.05)
        running.cancel()
        async with asyncio.timeout(2):
            with pytest.raises(asyncio.CancelledError):
                await running
        assert await run(store, FakeSource(records(count))) == "success"
        assert await rows(store) == expected(count)

    asyncio.run(scenario())


def test_to_prepare_again_and_at_once_changes_nothing(store: AnyStore) -> None:
    async def scenario() -> None:
        await run(store, FakeSource(records(3)))
        await asyncio.gather(*(prepare((store,)) for _ in range(3)))
        assert await rows(store) == expected(3)

    asyncio.run(scenario())
