"""Every HTTP path of the application, and its OpenAPI description."""

import json
import sys
from typing import Literal

from fastapi import APIRouter, Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import text

from bridge24.charts import ai_endpoints, metrics_endpoints
from bridge24.charts import endpoints as charts
from bridge24.core import web
from bridge24.core.auth import open_to_all
from bridge24.core.db import connection, get_dialect
from bridge24.core.llm import endpoints as llm
from bridge24.operators import endpoints as operators
from bridge24.operators import system
from bridge24.operators.guard import guard
from bridge24.sync import endpoints as sync
from bridge24.sync import hooks
from bridge24.sync.realtime import endpoints as realtime
from bridge24.sync.runs import stream
from bridge24.sync.validation import endpoints as validation

router = APIRouter()


class HealthOut(BaseModel):
    """The process runs."""

    status: Literal["ok"]


class ReadyOut(BaseModel):
    """The process can serve: its database answers."""

    status: Literal["ready"]
    database: Literal["postgresql", "mysql"]


@router.get("/health", tags=["system"], openapi_extra=open_to_all())
async def health() -> HealthOut:
    """Say that the process runs; asks nothing of the database."""
    return HealthOut(status="ok")


@router.get(
    "/ready",
    tags=["system"],
    responses={503: {"model": web.ErrorOut}},
    openapi_extra=open_to_all(),
)
async def ready() -> ReadyOut:
    """Say that requests can be served; 503 names what is missing."""
    async with connection() as conn:
        await conn.execute(text("SELECT 1"))
    return ReadyOut(status="ready", database=get_dialect())


def build(app: FastAPI) -> FastAPI:
    """Put every path on an application, each behind the one guard."""
    web.install(app)
    app.router.dependencies.append(Depends(guard))
    # Paths are looked for in this order: what is called most often comes first.
    app.include_router(hooks.router)
    app.include_router(router)
    app.include_router(operators.router)
    app.include_router(system.router)
    app.include_router(llm.router)
    app.include_router(sync.router)
    app.include_router(stream.router)
    app.include_router(realtime.router)
    app.include_router(validation.router)
    # The paths with names come before those with numbers.
    app.include_router(ai_endpoints.charts)
    app.include_router(ai_endpoints.schema)
    app.include_router(metrics_endpoints.router)
    app.include_router(charts.router)
    return app


def openapi() -> str:
    """Describe the API as the frontend's client is generated from it."""
    app = build(FastAPI(title="Bridge24", version="1"))
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(openapi())
