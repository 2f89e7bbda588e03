"""Measures and logs every request."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import REQUEST_ID
from app.metrics import REQUEST_DURATION

# What only watches the service says nothing about how it serves: not measured, not logged.
PROBES = frozenset({"/health", "/health/ready", "/metrics"})
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
# An identifier that the edge gave the request is kept, so that logs can be joined.
IDENTIFIER = re.compile(r"[\w.-]{8,128}", re.ASCII)

logger = logging.getLogger(__name__)


class ObserveRequests:
    """ASGI middleware; the outermost, so that its status is the one that the client gets."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return

        status = 500  # what the server answers if the application raises

        async def observe(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        identified = REQUEST_ID.set(_identifier(scope))
        started = time.perf_counter()
        try:
            await self._app(scope, receive, observe)
        finally:
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in METHODS else "_OTHER"
            REQUEST_DURATION.labels(method, _route(scope), status).observe(seconds)
            logger.log(
                logging.ERROR if status >= 500 else logging.INFO,
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "duration_ms": round(seconds * 1000, 1),
                },
            )
            REQUEST_ID.reset(identified)


def _identifier(scope: Scope) -> str:
    given = Headers(scope=scope).get("X-Request-ID", "")
    return given if IDENTIFIER.fullmatch(given) else str(uuid.uuid4())


def _route(scope: Scope) -> str:
    """Return the template of the route that was taken, "unmatched" if there is none."""
    # Of a router's route, scope["route"] lacks the prefix that the router was included with.
    included = scope.get("fastapi", {}).get("effective_route_context")
    path: str = getattr(included or scope.get("route"), "path", "unmatched")
    return path
