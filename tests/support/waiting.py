"""Wait for a state, never for a while."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(what: str, look: Callable[[], T | None], seconds: float = 30, interval: float = 0.02) -> tuple[T, float]:
    """Look until there is something true to see; return it, and the seconds that it took."""
    started = time.perf_counter()
    while not (seen := look()):
        if time.perf_counter() - started > seconds:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(interval)
    return seen, time.perf_counter() - started


def slowness() -> float:
    """Return how much longer everything takes because this machine has other work to do: 1 where it has none.

    Limits are for a machine of one's own, and are multiplied by it: processes that wanted to run in the
    last minute, for each processor.
    """
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
