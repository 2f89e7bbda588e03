"""When runs begin."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


async def every(seconds: float, action: Callable[[], Awaitable[object]]) -> None:
    """Do this now, and again whenever another `seconds` have passed since now, until cancelled.

    Never twice at once: a time that comes while it is still being done is left out, and the times
    after that stay where they were.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    while True:
        await action()
        await asyncio.sleep(seconds - (loop.time() - started) % seconds)


def stop_server(task: asyncio.Task[None]) -> None:
    """Stop the server after a task without which it has no use; whoever runs it starts it anew."""
    error = None if task.cancelled() else task.exception()
    logger.critical("no more runs will begin: the server stops", exc_info=error)
    signal.raise_signal(signal.SIGTERM)
