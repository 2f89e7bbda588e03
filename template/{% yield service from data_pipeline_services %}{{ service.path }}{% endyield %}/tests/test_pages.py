import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.measurements import Measurement
from app.pages import pages
from app.source import Source
from tests.fakes import Archive, FakeSource, FakeStore, pipeline

START = datetime(2025, 11, 21, tzinfo=UTC)


def record(second: int, source: str = "roof") -> dict[str, Any]:
    time = START + timedelta(seconds=second)
    return {"time": time, "source": source, "name": "temperature", "value": 1.5}


def read(source: Source, size: int, since: datetime | None = None) -> list[list[Measurement]]:
    async def scenario() -> list[list[Measurement]]:
        return [page async for page in pages(source, since, size)]

    return asyncio.run(scenario())


def seconds(found: list[list[Measurement]]) -> list[list[float]]:
    return [[(each.time - START).total_seconds() for each in page] for page in found]


def test_each_page_begins_with_the_time_that_the_last_one_ended_with() -> None:
    source = Archive([record(second) for second in range(6)])
    assert seconds(read(source, 3)) == [[0, 1, 2], [2, 3, 4], [4, 5]]
    assert [limit for _, limit in source.asked] == [3, 3, 3]
    assert seconds(read(source, 3, START + timedelta(seconds=4))) == [[4, 5]]


def test_nothing_is_a_page_too() -> None:
    assert read(Archive(), 3) == [[]]


def test_more_records_of_one_time_than_a_page_holds_are_read() -> None:
    source = Archive(
        [record(0), *(record(1, f"station-{number}") for number in range(9)), record(2)]
    )
    found = read(source, 3)
    assert {each.source for page in found for each in page} == {
        "roof",
        *(f"station-{number}" for number in range(9)),
    }
    assert seconds(found)[-1][-1] == 2


@pytest.mark.parametrize("count", [0, 2, 3, 4, 6, 12, 20])
@pytest.mark.parametrize("step", [1, -1])
def test_a_source_that_returns_everything_each_time_is_read_once(count: int, step: int) -> None:
    source = FakeSource([record(second) for second in range(count)][::step])
    found = seconds(read(source, 3))
    assert found[-1] == list(range(count))
    assert len(source.asked) <= 3


def test_a_source_that_begins_with_the_newest_loses_nothing() -> None:
    class Reversed(Archive):
        async def fetch(self, since: datetime | None, limit: int) -> list[object]:
            return (await super().fetch(since, 1000))[::-1][:limit]

    assert seconds(read(Reversed([record(second) for second in range(10)]), 3)) == [list(range(10))]


def test_records_that_are_refused_do_not_stop_the_rest() -> None:
    wrong = [record(second) | {"value": "none"} for second in range(5)]
    source = Archive([*wrong, record(5), record(6)])
    assert seconds(read(source, 3))[-1][-1] == 6


def test_each_page_is_stored_before_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fakes.PAGE_SIZE", 3)
    source, store = Archive([record(second) for second in range(6)]), FakeStore()
    fetch = source.fetch
    stored: list[int] = []

    async def observe(since: datetime | None, limit: int) -> list[object]:
        stored.append(len(store.rows))
        return await fetch(since, limit)

    monkeypatch.setattr(source, "fetch", observe)
    assert asyncio.run(pipeline(source, store).run()) == "success"
    assert (stored, len(store.rows)) == ([0, 3, 5], 6)


def test_a_first_load_that_breaks_off_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.fakes.PAGE_SIZE", 3)
    source, store = Archive([record(3600 * hour) for hour in range(6)]), FakeStore()
    fetch = source.fetch

    async def break_off(since: datetime | None, limit: int) -> list[object]:
        if source.asked:
            raise ValueError("no more")
        return await fetch(since, limit)

    with monkeypatch.context() as broken:
        broken.setattr(source, "fetch", break_off)
        assert asyncio.run(pipeline(source, store).run()) == "failure"
    assert (len(store.rows), store.saved) == (3, START + timedelta(hours=2))
    assert asyncio.run(pipeline(source, store).run()) == "success"
    assert len(store.rows) == 6
    assert source.asked[1][0] == START + timedelta(hours=2) - timedelta(minutes=10)
