import asyncio
from itertools import pairwise

import pytest

from app.schedule import every

SECONDS = 0.1
ACCURACY = 0.05


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
    times = starts(0.03, 0.06, 0, 0.03)
    assert times == pytest.approx([0, 0.1, 0.2, 0.3, 0.4], abs=ACCURACY)


def test_times_that_a_run_misses_are_left_out() -> None:
    times = starts(0.25, 0)
    assert times == pytest.approx([0, 0.3, 0.4], abs=ACCURACY)
    assert all(later > earlier for earlier, later in pairwise(times))
