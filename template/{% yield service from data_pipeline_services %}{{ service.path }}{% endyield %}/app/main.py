"""The application, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import NAME, health, logs, metrics, tracing
from app.middleware import ObserveRequests
from app.pipeline import Pipeline
from app.schedule import every
from app.settings import Settings, load_or_exit
from app.source import create_source
from app.stores import create_stores

STOP_SECONDS = 5  # with the server's own grace below the 10 s that Docker gives a container


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application with these settings, by default those of the environment."""
    settings = settings or load_or_exit()
    logs.configure(settings)
    stores = create_stores(settings)
    tracer, stop_tracing = tracing.start()
    pipeline = Pipeline(create_source(settings), stores, interval=settings.interval, tracer=tracer)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        runs = asyncio.create_task(every(settings.interval, pipeline.run))
        yield
        runs.cancel()
        await asyncio.wait({runs}, timeout=STOP_SECONDS)
        stop_tracing()

    app = FastAPI(title=NAME, openapi_url=None, lifespan=lifespan)
    app.state.checks = {store.name: store.check for store in stores} | {"last_run": pipeline.check}
    app.add_middleware(ObserveRequests)
    app.include_router(health.router)
    app.include_router(metrics.router)
    return app
