import asyncio
import signal
import time
from itertools import pairwise

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.schedule import every
from app.settings import Settings

SECONDS = 0.3
ACCURACY = 0.15


def starts(*durations: float) -> list[float]:
    """Return when runs begin that take this long, from the first on; a last one is cancelled."""
    times: list[float] = []
    running = 0

    async def run() -> None:
        nonlocal running
        times.append(asyncio.get_running_loop().time())
        running += 1
        assert running == 1
        await asyncio.sleep(durations[len(times) - 1] if len(times) <= len(durations) else 60)
        running -= 1

    async def scenario() -> None:
        task = asyncio.create_task(every(SECONDS, run))
        while len(times) <= len(durations):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    return [time - times[0] for time in times]


def test_the_duration_of_runs_does_not_move_the_next() -> None:
    times = starts(0.09, 0.18, 0, 0.09)
    assert times == pytest.approx([0, 0.3, 0.6, 0.9, 1.2], abs=ACCURACY)


def test_times_that_a_run_misses_are_left_out() -> None:
    times = starts(0.75, 0)
    assert times == pytest.approx([0, 0.9, 1.2], abs=ACCURACY)
    assert all(later > earlier for earlier, later in pairwise(times))


@pytest.mark.parametrize("error", [RuntimeError("a defect"), asyncio.CancelledError()])
def test_an_error_that_ends_the_runs_stops_the_server(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
) -> None:
    sent: list[int] = []

    async def fail(_: object) -> None:
        raise error

    monkeypatch.setattr("app.pipeline.Pipeline.run", fail)
    monkeypatch.setattr("app.schedule.signal.raise_signal", sent.append)
    with TestClient(create_app(settings)):
        deadline = time.monotonic() + 5
        while not sent:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert sent == [signal.SIGTERM]
    output = capsys.readouterr().out
    assert "no more runs will begin: the server stops" in output
    assert str(error) in output


def test_to_shut_down_is_no_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr("app.schedule.signal.raise_signal", sent.append)
    with TestClient(create_app(settings)):
        pass
    assert sent == []
