"""The HTTP application: its settings, its library and its routes put together."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from service.desk import Desk, DeskConfig
from service.handlers import add_handlers, describe
from service.keys import Keyring
from service.library import Library, Store
from service.metrics import Metrics
from service.middleware.envelope import Envelope
from service.protection import protect
from service.routes import ask, chat, description, documents, health, home, search, view
from service.settings import Settings
from service.store import StoreOnDisk
from service.tracing import Traced, open_traces
from service.version import version

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 10.0
"""Between two attempts at a store that cannot be opened: each may read all of it."""

ROUTERS = (
    home.router,
    ask.router,
    search.router,
    chat.router,
    documents.router,
    view.router,
    description.router,
    health.router,
)


class IbidApp(FastAPI):
    """The application, whose description of itself includes the shape of problems."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the envelope around everything, what the framework does about errors included."""
        inner = super().build_middleware_stack()
        if self.state.traces is not None:
            inner = Traced(inner, self.state.traces)
        return Envelope(inner, observe=self.state.metrics.observe)

    def openapi(self) -> dict[str, Any]:
        """Write the OpenAPI description."""
        return describe(self)


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    keys: Keyring | None = None,
    traces: TracerProvider | None = None,
) -> FastAPI:
    """Build the application; its lifespan opens the store and keeps up with it.

    Args:
        settings: Where the store lies and how often to look at it.
        store: The store to serve in place of the one in the settings' folder.
        keys: Who may ask; anyone if there are none.
        traces: Where spans go, in place of the collector in the settings, if any.

    Raises:
        ExtraMissing: If the settings name a collector and the packages for it are missing.
    """
    traces = traces or (open_traces(settings.traces) if settings.traces else None)
    library = Library(store or StoreOnDisk(settings.store))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.library = library
        app.state.desk = desk = Desk(library, _desk_config(settings))
        app.state.metrics.watch(desk)
        await asyncio.to_thread(library.refresh)
        watch = asyncio.create_task(keep_fresh(library, settings.refresh_seconds))
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.wait([watch])
            await asyncio.to_thread(desk.close)
            library.close()
            if traces is not None:
                await asyncio.to_thread(traces.shutdown)

    app = IbidApp(
        title="Ibid",
        summary="Answers over a library of scholarly documents, in verified quotations.",
        version=version(),
        lifespan=lifespan,
        # The framework's own page loads its scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    protect(app, settings, keys or Keyring())
    app.state.settings = settings
    app.state.traces = traces
    app.state.metrics = Metrics()
    app.state.started = int(time.time())
    add_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


def _desk_config(settings: Settings) -> DeskConfig:
    return DeskConfig(
        workers=settings.workers,
        waiting=settings.waiting,
        patience_seconds=settings.patience_seconds,
    )


async def keep_fresh(library: Library, seconds: float) -> None:
    """Look for a new generation again and again, less often while the store cannot be opened."""
    wait = seconds
    while True:
        await asyncio.sleep(wait)
        try:
            current = await asyncio.to_thread(library.refresh)
        except Exception:
            # Whatever it was, the requests go on with what is open, and so does the watch.
            logger.exception("looking for a new generation failed")
            current = False
        wait = seconds if current else min(2 * wait, max(seconds, LONGEST_WAIT_SECONDS))
