import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import stamina
from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from app.health import NotReadyError
from app.pipeline import Pipeline
from tests.fakes import FakeSource, FakeStore

TIMES = [datetime(2025, 11, 21, hour, tzinfo=UTC) for hour in (1, 2, 3)]
RECORDS: list[object] = [
    {"time": time, "source": "roof", "name": "temperature", "value": 1.5} for time in TIMES
]


@pytest.fixture(autouse=True)
def without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


def run(source: FakeSource, *stores: FakeStore) -> str:
    return asyncio.run(Pipeline(source, stores, interval=60).run())


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def test_a_run_starts_where_the_last_one_ended() -> None:
    source, store = FakeSource(RECORDS), FakeStore()
    before = metric("pipeline_rows_total", store="fake")
    assert [run(source, store), run(source, store)] == ["success", "success"]
    assert source.asked == [None, TIMES[-1]]
    assert len(store.rows) == 3
    assert metric("pipeline_rows_total", store="fake") == before + 6
    assert metric("pipeline_last_success_timestamp_seconds") > TIMES[-1].timestamp()


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

    async def observe(measurements: tuple[object, ...]) -> None:
        await save(measurements)  # type: ignore[arg-type]  # what the pipeline passed
        saved.append((len(measurements), store.saved))

    monkeypatch.setattr(store, "save", observe)
    assert run(FakeSource(RECORDS), store) == "success"
    assert saved == [(2, TIMES[1]), (1, TIMES[2])]


def test_success_too_long_ago_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1000.0
    monkeypatch.setattr("app.pipeline.time.monotonic", lambda: clock)

    async def scenario() -> None:
        nonlocal clock
        pipeline = Pipeline(FakeSource(RECORDS), (FakeStore(),), interval=60)
        clock += 180
        await pipeline.check()
        clock += 10
        with pytest.raises(NotReadyError, match="no successful run for 190 s"):
            await pipeline.check()
        pipeline = Pipeline(FakeSource(RECORDS), (FakeStore(),), interval=60)
        clock += 190
        await pipeline.run()
        await pipeline.check()

    asyncio.run(scenario())


def test_ready_says_for_how_long_no_run_has_succeeded(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/health/ready").json()["checks"]["last_run"] == "ok"
    monkeypatch.setattr("app.pipeline.STALE_INTERVALS", -1)
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["last_run"] == "no successful run for 0 s"
