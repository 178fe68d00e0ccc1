"""The HTTP server: ``uvicorn bridge24.main:app``."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bridge24 import api
from bridge24.core.db import close_db, init_db
from bridge24.core.logging import configure_logging
from bridge24.core.settings import get_settings
from bridge24.core.tables import migrate


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Connect and bring the tables up to date before the first request."""
    configure_logging(debug=get_settings().debug)
    await init_db()
    await migrate()
    yield
    await close_db()


app = api.build(FastAPI(title="Bridge24", version="1", lifespan=lifespan))
