"""The same work done by RQ's SimpleWorker and by procrastinate."""

import asyncio
import logging
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import procrastinate
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from sqlalchemy.engine import URL

START_SECONDS = 10


def nothing() -> None:
    """What RQ is given to do: nothing."""


def one_second() -> None:
    """What RQ is given to do: a second of waiting."""
    time.sleep(1)


def rq_rates(*, small: int, long: int) -> tuple[float, float] | None:
    """Jobs a second of one SimpleWorker: of no-ops, and of one-second jobs.

    None when this machine has no Redis server (Debian: redis-server).
    """
    if shutil.which("redis-server") is None:
        return None
    with _redis() as redis:
        return _rq_rate(redis, nothing, small), _rq_rate(redis, one_second, long)


def _rq_rate(redis: Redis, work: object, count: int) -> float:
    queue = Queue("bench", connection=redis)
    for _ in range(count):
        queue.enqueue(work, result_ttl=60)
    worker = SimpleWorker([queue], connection=redis)
    began = time.perf_counter()
    worker.work(burst=True, logging_level="ERROR")
    return count / (time.perf_counter() - began)


@contextmanager
def _redis() -> Iterator[Redis]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        command = ["redis-server", "--port", str(port), "--dir", folder, "--save", ""]
        with (Path(folder) / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log)
            try:
                yield _answering(Redis(port=port))
            finally:
                server.kill()
                server.wait()


def _answering(redis: Redis) -> Redis:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            redis.ping()
        except RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return redis


async def procrastinate_rates(url: URL, *, small: int, long: int) -> tuple[float, float]:
    """Jobs a second of one worker at concurrency 200: of no-ops, and of one-second jobs."""
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address))

    @app.task(name="nothing")
    async def nothing_at_all() -> None: ...

    @app.task(name="one_second")
    async def wait_one_second() -> None:
        await asyncio.sleep(1)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        return (
            await _procrastinate_rate(app, nothing_at_all, small),
            await _procrastinate_rate(app, wait_one_second, long),
        )


async def _procrastinate_rate(app: procrastinate.App, work: Any, count: int) -> float:
    await work.batch_defer_async(*({} for _ in range(count)))
    began = time.perf_counter()
    await app.run_worker_async(concurrency=200, wait=False, install_signal_handlers=False)
    return count / (time.perf_counter() - began)
