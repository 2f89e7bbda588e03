"""When runs begin."""

import asyncio
from collections.abc import Awaitable, Callable


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
