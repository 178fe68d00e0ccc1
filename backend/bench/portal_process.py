"""An emulated portal as a process of its own, so that its work is not counted as ours."""

import re
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WEBHOOK = re.compile(rb"https?://\S+/rest/\d+/\w+/")


@asynccontextmanager
async def portal_process(deals: int, *options: str) -> AsyncIterator[str]:
    """Run a portal without limits while the block runs; yields the webhook's address."""
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "bridge24.emulator", "--port", "0", "--deals", str(deals)),
        *("--limits", "none", *options),
        stdout=PIPE,
    )
    if process.stdout is None:
        raise RuntimeError("the emulator has no output")
    try:
        while line := await process.stdout.readline():
            if found := WEBHOOK.search(line):
                yield found.group().decode()
                break
    finally:
        process.terminate()
        await process.wait()
