"""The server, and a worker, as processes of their own."""

import asyncio
import gc
import os
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from sqlalchemy.engine import URL
from tests.sync.realtime_forgeries import TOKEN

from bridge24 import api
from bridge24.core.db import close_db, init_db
from bridge24.core.jobs import run_worker
from bridge24.core.logging import configure_logging
from bridge24.core.settings import get_settings
from bridge24.core.tables import migrate
from bridge24.sync import tasks


@asynccontextmanager
async def serving(url: URL, **environment: str) -> AsyncIterator[tuple[str, Process]]:
    """Serve from a process of its own; here, the database is connected too."""
    address = url.render_as_string(hide_password=False)
    os.environ["DATABASE_URL"] = address
    get_settings.cache_clear()
    await init_db()
    await migrate()
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    process = await started("serve", BENCH_PORT=str(port), **environment)
    try:
        await _listens(port)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        await process.wait()
        await close_db()


async def started(role: str, **environment: str) -> Process:
    """Start a process that plays ``serve`` or ``work``."""
    program = f"from bench.server_process import {role}; {role}()"
    values = {**os.environ, "BITRIX_APPLICATION_TOKEN": TOKEN, **environment}
    return await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=values)


async def _listens(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise TimeoutError("the server does not listen")


def serve() -> None:
    """Be the server; it works on the events too, unless told not to."""
    asyncio.run(_serve())


async def _serve() -> None:
    assert tasks.TASK  # importing it has declared the runs
    configure_logging(debug=False)
    await init_db()
    app = FastAPI()

    # The first of all paths, and without the guard: as bare as a path can be.
    @app.post("/bare", openapi_extra={"x-role": "everybody"})
    async def bare() -> dict[str, str]:
        return {"status": "ok"}

    api.build(app)
    port = int(os.environ["BENCH_PORT"])
    gc.collect()
    gc.freeze()  # as ``bridge24.main`` does
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    if os.environ.get("BENCH_WORKER", "yes") == "yes":
        await asyncio.gather(server.serve(), run_worker())
    else:
        await server.serve()


def work() -> None:
    """Be a worker: one that gets killed, or one that takes over."""
    asyncio.run(_work())


async def _work() -> None:
    configure_logging(debug=False)
    get_settings.cache_clear()
    await init_db()
    await run_worker()
