"""The worker as a process of its own."""

import asyncio
import signal
import sys

from bridge24.charts.pool import close_charts
from bridge24.core.db import close_db, init_db
from bridge24.core.tables import migrate


async def work_until_told(*, concurrency: int) -> None:
    """Work until SIGTERM or Ctrl-C; jobs under way may end, or are given back.

    Raises:
        DatabaseError: There is no usable database at the start.
    """
    # Imported here: only a worker needs every task.
    from bridge24.worker import work  # noqa: PLC0415

    stop = asyncio.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    await init_db()
    try:
        await migrate()
        sys.stdout.write(f"Working, up to {concurrency} jobs at a time. Ctrl-C ends it.\n")
        sys.stdout.flush()
        await work(concurrency=concurrency, stop=stop)
    finally:
        await close_charts()
        await close_db()
