"""A run: from the source, through the transformation, into every store."""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Literal

import stamina
from opentelemetry.trace import NoOpTracer, Status, StatusCode, Tracer

from app import metrics
from app.health import NotReadyError
from app.pages import pages
from app.retries import is_transient
from app.source import Source
from app.stores.base import Store

type Result = Literal["success", "failure", "skipped"]

ATTEMPTS = 5
BATCH = 10_000  # measurements that one transaction writes
LOAD_SECONDS = 300  # the longest that a store is loaded without a batch that is stored
STALE_INTERVALS = 3

logger = logging.getLogger(__name__)


class Pipeline:
    """Loads what the source has into each store, from that store's own checkpoint on.

    To be precise, from `lateness` seconds before it: what is loaded again changes nothing.
    """

    def __init__(
        self,
        source: Source,
        stores: tuple[Store, ...],
        *,
        interval: float,
        lateness: float,
        page_size: int,
        tracer: Tracer | None = None,
    ) -> None:
        self._source = source
        self._stores = stores
        self._interval = interval
        self._lateness = timedelta(seconds=lateness)
        self._page_size = page_size
        self._tracer = tracer or NoOpTracer()
        self._retrying = stamina.AsyncRetryingCaller(
            # With back-off and jitter, and over before the next run is due.
            attempts=ATTEMPTS,
            timeout=interval,
        ).on(is_transient)
        self._worked = time.monotonic()

    async def run(self) -> Result:
        """Load every store; a failure is logged and counted, never raised.

        It is safe to cancel: what a transaction has not committed is loaded by the next run.
        """
        started = time.perf_counter()
        with self._tracer.start_as_current_span("run") as span:
            results = await asyncio.gather(*(self._attempt(store) for store in self._stores))
            result = _worst(results)
            if result == "failure":
                span.set_status(StatusCode.ERROR)
        seconds = time.perf_counter() - started
        metrics.RUNS.labels(result).inc()
        metrics.RUN_DURATION.observe(seconds)
        if result != "failure":
            # A store that was skipped is being loaded by another replica.
            self._worked = time.monotonic()
        if result == "success":
            metrics.LAST_SUCCESS.set_to_current_time()
        logger.log(
            logging.ERROR if result == "failure" else logging.INFO,
            "run ended",
            extra={"result": result, "duration_ms": round(seconds * 1000, 1)},
        )
        return result

    async def check(self) -> None:
        """Raise an error if no run has worked for 3 intervals, here or in another replica.

        Raises:
            NotReadyError: with the seconds since then, or since the start.
        """
        age = time.monotonic() - self._worked
        if age > STALE_INTERVALS * self._interval:
            raise NotReadyError(f"no run has worked for {age:.0f} s")

    async def _attempt(self, store: Store) -> Result:
        """Load one store, and again after a failure that may pass."""
        with self._tracer.start_as_current_span(f"load {store.name}") as span:
            try:
                return await self._retrying(self._load, store)
            except Exception as error:
                # Its text, which may tell too much, goes to the log only.
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                logger.error(
                    "%s was not loaded",
                    store.name,
                    extra={"error": f"{type(error).__name__}: {error}"},
                    # What may pass needs no trace.
                    exc_info=None if is_transient(error) else error,
                )
                return "failure"

    async def _load(self, store: Store) -> Result:
        # Sources and stores limit single steps, of which there may be any number.
        async with asyncio.timeout(LOAD_SECONDS) as deadline, store.open() as session:
            if not await session.lock():
                logger.info("%s is being loaded by another replica", store.name)
                return "skipped"
            now = datetime.now(UTC)
            checkpoint = await session.checkpoint()
            # What came late, or from a clock that is behind, is earlier than the checkpoint.
            since = checkpoint - self._lateness if checkpoint else None
            async for page in pages(self._source, since, self._page_size):
                for batch in batched(page, BATCH, strict=False):
                    # A clock that is ahead must not move it past what others are yet to measure.
                    reached = min(batch[-1].time, now)
                    checkpoint = max(checkpoint, reached) if checkpoint else reached
                    await session.save(batch, checkpoint)
                    metrics.ROWS.labels(store.name).inc(len(batch))
                    deadline.reschedule(asyncio.get_running_loop().time() + LOAD_SECONDS)
        return "success"


def _worst(results: list[Result]) -> Result:
    if "failure" in results:
        return "failure"
    return "skipped" if "skipped" in results else "success"
