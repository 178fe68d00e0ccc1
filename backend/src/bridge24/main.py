"""The HTTP server: ``uvicorn bridge24.main:app``."""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from bridge24 import api
from bridge24.charts.pool import close_charts
from bridge24.core import frontend
from bridge24.core.auth import gate
from bridge24.core.db import close_db, init_db
from bridge24.core.errors import AppError
from bridge24.core.logging import configure_logging
from bridge24.core.settings import get_settings
from bridge24.core.tables import migrate
from bridge24.worker import working_beside


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect, bring the tables up to date, and work in this process unless told not to.

    Raises:
        OpenToTheNetwork: The settings would let anybody in.
        WeakSecret: The settings would let anybody sign in.
        DatabaseError: There is no usable database.
    """
    try:
        async with _running(app):
            yield
    except AppError as error:
        app.state.refusal = error
        raise


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    settings = get_settings()
    gate.check(settings)
    app.state.local_only = not settings.auth_enabled and not settings.auth_allow_open
    configure_logging(debug=settings.debug)
    await init_db()
    try:
        await migrate()
        async with AsyncExitStack() as stack:
            if settings.worker_in_process:
                await stack.enter_async_context(working_beside())
            # What is there for good need not be looked through again and again: a full round
            # of the collector stops everything for a tenth of a second.
            gc.collect()
            gc.freeze()
            yield
    finally:
        gc.unfreeze()
        await close_charts()
        await close_db()


# The description lies in docs/openapi.json: nothing is served in front of the guard.
app = api.build(FastAPI(title="Bridge24", version="1", lifespan=lifespan, openapi_url=None))
frontend.serve(app)
