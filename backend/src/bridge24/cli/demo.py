"""Starts an emulated portal and copies it into a real PostgreSQL while one watches."""

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bridge24.bitrix import BitrixClient, Webhook
from bridge24.cli.copying import copy_all
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.errors import AppError
from bridge24.core.settings import Settings
from bridge24.core.tables import migrate
from bridge24.sync.entities import entity_named
from bridge24.sync.fields import table_name

WEBHOOK = re.compile(r"https?://\S+/rest/\d+/\w+/")
START_SECONDS = 60
SHOWN = ("deal", "contact", "lead", "company")

BY_STAGE = """
SELECT stage_id AS stage, count(*) AS deals, sum(opportunity) AS "amount, RUB"
FROM crm_deals WHERE currency_id = 'RUB' GROUP BY stage_id ORDER BY 3 DESC NULLS LAST LIMIT 6
"""
BY_MONTH = """
SELECT to_char(date_create, 'YYYY-MM') AS month, count(*) AS deals,
       round(100.0 * avg((stage_semantic_id = 'S')::int), 1) AS "won, %"
FROM crm_deals GROUP BY 1 ORDER BY 1 DESC LIMIT 6
"""


class EmulatorDidNotStart(AppError):
    """The emulated portal did not start: {reason}."""


async def show(*, deals: int, port: int, once: bool) -> None:
    """Run the whole demonstration; its database is always the embedded one.

    Args:
        deals: How many deals the portal has.
        port: Where the interface is served.
        once: End after the copy instead of serving the interface.
    """
    console = Console()
    settings = Settings(_env_file=None, database_url=None)
    folder = settings.data_folder / "demo"
    async with _portal(deals) as url:
        await init_db(settings.model_copy(update={"data_folder": folder}))
        try:
            await _copy_and_prove(console, Webhook(url))
        finally:
            await close_db()
        if not once:
            # Imported here: the copy has no use for a web server.
            from bridge24.cli.showroom import open_doors  # noqa: PLC0415

            await open_doors(console, url, data_folder=folder, port=port)


async def _copy_and_prove(console: Console, webhook: Webhook) -> None:
    async with connection() as conn:
        await conn.execute(text("DROP SCHEMA public CASCADE"))
        await conn.execute(text("CREATE SCHEMA public"))
    await migrate()
    console.print(
        "[bold]Copying an emulated Bitrix24 portal into PostgreSQL[/], under the limits of a "
        "real one:\n50 calls at once and 2 a second, 480 seconds of work a method in ten "
        "minutes.\n",
        highlight=False,
    )
    async with BitrixClient(webhook) as client:
        await copy_all(client, SHOWN, host=webhook.host, console=console)
        console.print()
        await _prove(console, client)
    await _print_query(console, "Where the money is", BY_STAGE)
    await _print_query(console, "How the last months went", BY_MONTH)


async def _prove(console: Console, client: BitrixClient) -> None:
    """Compare what the portal counts with what the tables hold."""
    table = Table(title="Portal and database", title_justify="left", box=None)
    for name in ("object", "table", "in the portal", "in the database"):
        table.add_column(name, justify="left" if name in {"object", "table"} else "right")
    for name in SHOWN:
        method = entity_named(name).list_method
        counted = await client.call(method, {"select": ["ID"], "start": 0})
        mirror = table_name(name, "postgresql")
        async with connection() as conn:
            stored = await conn.scalar(text(f'SELECT count(*) FROM "{mirror}"'))
        same = "green" if stored == counted.total else "red"
        table.add_row(name, mirror, f"{counted.total:,}", f"[{same}]{stored:,}[/]")
    console.print(table)


async def _print_query(console: Console, title: str, query: str) -> None:
    async with connection() as conn:
        rows = await conn.execute(text(query))
    table = Table(title=title, title_justify="left", box=None)
    for place, name in enumerate(rows.keys()):
        table.add_column(name, justify="right" if place else "left")
    for row in rows:
        table.add_row(
            *(f"{value:,}" if isinstance(value, int | Decimal) else value for value in row)
        )
    console.print()
    console.print(table)


@asynccontextmanager
async def _portal(deals: int) -> AsyncIterator[str]:
    """Run the emulator as a process of its own and yield its webhook's address."""
    arguments = ["--portals", "1", "--deals", str(deals), "--seed", "7", "--limits", "documented"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bridge24.emulator", "--port", "0", *arguments),
        stdin=DEVNULL,
        stdout=PIPE,
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            url = await _address(process.stdout)
        drain = asyncio.create_task(_drain(process.stdout))
        yield url
        drain.cancel()
    except TimeoutError:
        raise EmulatorDidNotStart(reason=f"nothing heard for {START_SECONDS} s") from None
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _address(said: asyncio.StreamReader | None) -> str:
    while said and (line := await said.readline()):
        if found := WEBHOOK.search(line.decode()):
            return found.group()
    raise EmulatorDidNotStart(reason="it ended at once")


async def _drain(said: asyncio.StreamReader | None) -> None:
    while said and await said.readline():
        pass
