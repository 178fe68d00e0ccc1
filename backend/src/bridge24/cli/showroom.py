"""The demonstration in the browser: a busy portal, a canned model, and the real server."""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import uvicorn
from rich.console import Console

from bridge24.canned import CannedModel
from bridge24.canned.demo import RULES
from bridge24.core import frontend
from bridge24.core.settings import get_settings
from bridge24.sync.realtime.subjects import webhook_events
from bridge24.sync.runs import starting

EDITS_PER_SECOND = 0.5
HOST = "127.0.0.1"


async def open_doors(console: Console, webhook_url: str, *, data_folder: Path, port: int) -> None:
    """Serve the interface on the copied portal until Ctrl-C.

    The portal's people go on working, its events come at once, and the first copy of all
    other objects begins. What the charts answer comes from a canned model, and says so.

    Args:
        console: Where to say what to look at.
        webhook_url: Of the emulated portal.
        data_folder: Of the database that holds the first objects already.
        port: Where to serve; the next free one when it is taken.
    """
    port = _free(port)
    token = secrets.token_urlsafe(24)
    address = f"http://{HOST}:{port}"
    async with CannedModel(RULES) as model:
        _set(
            BITRIX_WEBHOOK_URL=webhook_url,
            BITRIX_APPLICATION_TOKEN=token,
            DATABASE_URL="",
            DATA_FOLDER=str(data_folder),
            PUBLIC_URL=address,
            OPENAI_API_KEY="canned",
            OPENAI_BASE_URL=model.base_url,
            OPENAI_MODEL="canned",
            SYNC_DEFAULT_INTERVAL_MINUTES="1",
            HOST=HOST,
            PORT=str(port),
        )
        server = _Server(
            uvicorn.Config("bridge24.main:app", host=HOST, port=port, log_level="warning")
        )
        async with _busy(webhook_url, handler=f"{address}/api/v1/webhooks/bitrix", token=token):
            _guide(console, address, webhook_url)
            await server.serve()


class _Server(uvicorn.Server):
    """Begins the first copy of all other objects once the database is connected."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await starting.start_uncopied(asked_by="demo")


def _set(**settings: str) -> None:
    """Hand the demonstration's settings to the server, whatever the user's own are."""
    os.environ.update(settings)
    get_settings.cache_clear()


def _free(port: int) -> int:
    """Take the port, or the next free one of the hundred after it."""
    for candidate in range(port, port + 100):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if trial.connect_ex((HOST, candidate)) != 0:
                return candidate
    return port


@asynccontextmanager
async def _busy(webhook_url: str, *, handler: str, token: str) -> AsyncIterator[None]:
    """Have the portal tell its events, and its people work, while the block runs."""
    parts = urlsplit(webhook_url)
    name = parts.path.strip("/").split("/")[0]
    control = f"{parts.scheme}://{parts.netloc}/_control/{name}"
    outgoing = {"url": handler, "events": webhook_events(), "application_token": token}
    async with aiohttp.ClientSession(raise_for_status=True) as http:
        async with http.post(f"{control}/outgoing", json=outgoing):
            pass
        async with http.post(f"{control}/office", json={"edits_per_second": EDITS_PER_SECOND}):
            pass
        yield


def _guide(console: Console, address: str, webhook_url: str) -> None:
    if not frontend.is_built():
        console.print(
            "\n[yellow]The interface is not built[/]: run make frontend, then make demo again. "
            "The API alone is served.",
            highlight=False,
        )
    console.print(
        f"\n[bold]Open {address}[/] in a browser. Ctrl-C ends it.\n"
        "  1. Dashboard: the other objects are copied right now; the portal's people edit "
        "records, and each change arrives within seconds.\n"
        "  2. AI Charts: choose one of the example questions. [dim]The answers come from a "
        "canned model; set OPENAI_API_KEY for a real one.[/]\n"
        "  3. Monitoring: any run, from beginning to end.\n"
        "  4. Validation: prove that a table equals the portal.\n"
        "  5. Schema: what is in the database, in words.\n"
        f"The portal itself: {webhook_url}profile",
        soft_wrap=True,
        highlight=False,
    )
