"""A process that receives events and works on them, to be killed in the middle."""

import asyncio
import sys
from datetime import timedelta

import uvicorn
from fastapi import FastAPI

from bridge24 import api
from bridge24.core.db import init_db
from bridge24.core.jobs import run_worker
from bridge24.sync.realtime import tasks

LEASE = timedelta(seconds=3)


async def live(port: int) -> None:
    """Serve and work for ever; whoever works after a kill takes over within the lease."""
    await init_db()
    config = uvicorn.Config(api.build(FastAPI()), port=port, log_level="error", lifespan="off")
    assert tasks.DRAIN
    await asyncio.gather(uvicorn.Server(config).serve(), run_worker(lease=LEASE))


if __name__ == "__main__":
    asyncio.run(live(int(sys.argv[1])))
