"""The API as a process: it ends when it is told to, whoever still listens."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import httpx2

CODE = "from bridge24.cli import main; main()"


async def test_it_ends_without_a_traceback_though_a_stream_is_open(
    migrated_pg_url: str, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CODE, "serve"),
        env={"PATH": os.environ["PATH"], "DATABASE_URL": migrated_pg_url, "PORT": port},
        cwd=tmp_path,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        await _answering(client, "/health")
        async with client.stream("GET", "/api/v1/sync/stream") as stream:
            await anext(stream.aiter_bytes())
            process.send_signal(signal.SIGTERM)
            _, complained = await process.communicate()

    assert process.returncode == 0
    assert "Traceback" not in complained.decode(), complained.decode()


async def _answering(client: httpx2.AsyncClient, url: str) -> None:
    async with asyncio.timeout(120):
        while True:
            try:
                await client.get(url)
            except httpx2.TransportError:
                await asyncio.sleep(0.2)
            else:
                return
