"""Whether the process lives, and whether it can serve.

Only /health/ready looks beyond the process: were liveness to depend on a store, its outage would
restart every healthy service.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request, Response

type Check = Callable[[], Awaitable[None]]

CHECK_SECONDS = 2  # below the timeout of the probes

logger = logging.getLogger(__name__)
router = APIRouter()


class NotReadyError(Exception):
    """What a check found, in words that hold no secret: /health/ready repeats them."""


@router.get("/health", include_in_schema=False)
async def health() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/health/ready", include_in_schema=False)
async def ready(request: Request, response: Response) -> dict[str, object]:
    """Say for all that the service needs whether it can be used; 503 if anything cannot."""
    checks: Mapping[str, Check] = request.app.state.checks
    results = await asyncio.gather(*(_run(name, check) for name, check in checks.items()))
    usable = all(result == "ok" for result in results)
    if not usable:
        response.status_code = 503
    return {
        "status": "ok" if usable else "unavailable",
        "checks": dict(zip(checks, results, strict=True)),
    }


async def _run(name: str, check: Check) -> str:
    """Return "ok" or the kind of error; its text, which may tell too much, goes to the log."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:
        logger.warning(
            "%s is not usable", name, extra={"error": f"{type(error).__name__}: {error}"}
        )
        return str(error) if isinstance(error, NotReadyError) else type(error).__name__
    return "ok"
