import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stamina
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app.health import NotReadyError
from app.measurements import Measurement
from app.source import Source
from tests.fakes import LATENESS, Archive, FakeSource, FakeStore, pipeline

TIMES = [datetime(2025, 11, 21, hour, tzinfo=UTC) for hour in (1, 2, 3)]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def run(source: Source, *stores: FakeStore) -> str:
    return asyncio.run(pipeline(source, *stores).run())


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def record(time: datetime, source: str = "roof") -> dict[str, Any]:
    return {"time": time, "source": source, "name": "temperature", "value": 1.5}


RECORDS = [record(time) for time in TIMES]


def test_a_run_starts_as_far_before_the_last_one_as_records_may_be_late() -> None:
    source, store = FakeSource(RECORDS), FakeStore()
    before = metric("pipeline_rows_total", store="fake")
    assert [run(source, store), run(source, store)] == ["success", "success"]
    assert source.asked == [None, TIMES[-1] - LATENESS]
    assert len(store.rows) == 3
    assert metric("pipeline_rows_total", store="fake") == before + 6
    assert metric("pipeline_last_success_timestamp_seconds") > TIMES[-1].timestamp()


def test_a_clock_that_is_ahead_keeps_no_record_of_another_out() -> None:
    now = datetime.now(UTC)
    archive, store = Archive(), FakeStore()
    archive.records = [record(now - MINUTE, "slow"), record(now + 4 * MINUTE, "fast")]
    assert run(archive, store) == "success"
    assert store.saved is not None
    assert now <= store.saved <= datetime.now(UTC)
    archive.records += [record(now, "slow"), record(now - 4 * MINUTE, "slowest")]
    assert run(archive, store) == "success"
    assert sorted(source for source, _, _ in store.rows) == ["fast", "slow", "slow", "slowest"]


def test_a_late_record_is_loaded_and_moves_nothing_back() -> None:
    archive, store = Archive(RECORDS), FakeStore()
    run(archive, store)
    archive.records.append(record(TIMES[-1] - 9 * MINUTE))
    assert run(archive, store) == "success"
    assert len(store.rows) == 4
    assert store.saved == TIMES[-1]
    archive.records = [record(TIMES[-1] - 8 * MINUTE)]
    assert run(archive, store) == "success"
    assert (len(store.rows), store.saved) == (5, TIMES[-1])


def test_what_is_refused_is_counted_and_the_first_reason_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = FakeStore()
    before = metric("pipeline_records_refused_total")
    assert run(FakeSource([*RECORDS, {}, "x"]), store) == "success"
    assert len(store.rows) == 3
    assert metric("pipeline_records_refused_total") == before + 2
    (warning,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert warning.getMessage() == "2 records were refused"
    assert "Field required" in vars(warning)["first"]


def test_a_failure_that_passes_is_tried_again() -> None:
    source = FakeSource(RECORDS, [ConnectionError("reset")])
    store = FakeStore(failures=[TimeoutError("slow")])
    assert run(source, store) == "success"
    assert len(source.asked) == 3


@pytest.mark.parametrize(
    ("error", "attempts"), [(ConnectionError("reset"), 3), (ValueError("no JSON"), 1)]
)
def test_a_run_that_fails_says_why(
    caplog: pytest.LogCaptureFixture, error: Exception, attempts: int
) -> None:
    source = FakeSource(RECORDS, [error] * 3)
    before = metric("pipeline_runs_total", result="failure")
    assert run(source, FakeStore()) == "failure"
    assert len(source.asked) == attempts
    assert metric("pipeline_runs_total", result="failure") == before + 1
    (reason, end) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert vars(reason)["error"] == f"{type(error).__name__}: {error}"
    assert vars(end)["result"] == "failure"


def test_one_store_that_fails_does_not_keep_the_other_from_its_data() -> None:
    broken, sound = FakeStore("broken", [ValueError("no table")]), FakeStore("sound")
    source = FakeSource(RECORDS)
    assert run(source, broken, sound) == "failure"
    assert (len(broken.rows), len(sound.rows)) == (0, 3)
    assert run(source, broken, sound) == "success"
    assert broken.rows == sound.rows


def test_a_store_that_another_replica_loads_is_left_to_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "app")
    source, store = FakeSource(RECORDS), FakeStore()
    store.locked = True
    assert run(source, store) == "skipped"
    assert source.asked == []
    assert "fake is being loaded by another replica" in caplog.text


def test_batches_each_move_the_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.pipeline.BATCH", 2)
    store = FakeStore()
    saved: list[tuple[int, datetime | None]] = []
    save = store.save

    async def observe(measurements: Sequence[Measurement], checkpoint: datetime) -> None:
        await save(measurements, checkpoint)
        saved.append((len(measurements), store.saved))

    monkeypatch.setattr(store, "save", observe)
    assert run(FakeSource(RECORDS), store) == "success"
    assert saved == [(2, TIMES[1]), (1, TIMES[2])]


def test_a_source_that_never_ends_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("app.pipeline.LOAD_SECONDS", 0.05)
    source, store = FakeSource(RECORDS), FakeStore()

    async def drip(since: datetime | None, limit: int) -> list[object]:
        source.asked.append(since)
        while True:
            await asyncio.sleep(0.01)

    monkeypatch.setattr(source, "fetch", drip)
    assert run(source, store) == "failure"
    assert len(source.asked) == 3
    assert "TimeoutError" in {vars(each).get("error", "")[:12] for each in caplog.records}


def test_a_load_may_take_long_as_long_as_batches_are_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.pipeline.BATCH", 1)
    monkeypatch.setattr("app.pipeline.LOAD_SECONDS", 1)
    store = FakeStore()
    save = store.save

    async def save_slowly(measurements: Sequence[Measurement], checkpoint: datetime) -> None:
        await asyncio.sleep(0.5)
        await save(measurements, checkpoint)

    monkeypatch.setattr(store, "save", save_slowly)
    source = FakeSource(RECORDS)
    assert run(source, store) == "success"
    assert len(source.asked) == 1


def test_only_failures_for_too_long_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1000.0
    monkeypatch.setattr("app.pipeline.time.monotonic", lambda: clock)

    async def scenario() -> None:
        nonlocal clock
        worker = pipeline(FakeSource(RECORDS), FakeStore())
        clock += 180
        await worker.check()
        clock += 10
        with pytest.raises(NotReadyError, match="no run has worked for 190 s"):
            await worker.check()
        await worker.run()
        await worker.check()

        broken, other = FakeStore(failures=[ValueError("no table")]), FakeStore()
        other.locked = True
        worker = pipeline(FakeSource(RECORDS), broken, other)
        clock += 190
        assert await worker.run() == "failure"
        with pytest.raises(NotReadyError):
            await worker.check()

    asyncio.run(scenario())


def test_a_replica_is_well_while_another_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1000.0
    monkeypatch.setattr("app.pipeline.time.monotonic", lambda: clock)

    async def scenario() -> None:
        nonlocal clock
        store = FakeStore()
        store.locked = True
        worker = pipeline(FakeSource(RECORDS), store)
        before = metric("pipeline_last_success_timestamp_seconds")
        clock += 190
        assert await worker.run() == "skipped"
        await worker.check()
        assert metric("pipeline_last_success_timestamp_seconds") == before
        clock += 190
        with pytest.raises(NotReadyError):
            await worker.check()

    asyncio.run(scenario())


def test_ready_says_for_how_long_no_run_has_worked(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/health/ready").json()["checks"]["last_run"] == "ok"
    monkeypatch.setattr("app.pipeline.STALE_INTERVALS", -1)
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["last_run"] == "no run has worked for 0 s"
