"""Audits of a large table: what they ask of the portal, what they find, what memory they take.

The portal's clock is a virtual one: what a call costs is counted, and nobody waits for it.
The audit runs in a process of its own, as the command does.
"""

import json
import random
import re
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from pydantic import SecretStr
from sqlalchemy import text
from tests import services

from bench.portal_process import portal_process
from bridge24.bitrix import BitrixClient, Webhook
from bridge24.bitrix.crm import DEAL
from bridge24.core.clock import utc_naive
from bridge24.core.db import close_db, connection, init_db, transaction
from bridge24.core.settings import Settings
from bridge24.core.tables import migrate
from bridge24.emulator import Emulator, PortalSpec
from bridge24.sync.layouts import layout_of
from bridge24.sync.queries import state_of

MEMORY_GOAL_MB = 200
PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)

# The run reports its own peak: nobody else can read it once the process has ended.
AUDIT = """
import sys
from pathlib import Path
from bridge24.cli import main
try:
    main()
finally:
    sys.stderr.write(Path("/proc/self/status").read_text())
"""


@dataclass(frozen=True)
class Run:
    """What one audit took."""

    http_calls: int
    operating_seconds: float
    peak_mb: float
    method: str


async def measure(quick: bool) -> list[dict[str, object]]:  # noqa: FBT001
    """An equal table is fingerprinted, then one of a hundred rows vanishes."""
    rows = 100_000 if quick else 1_000_000
    with services.postgresql() as server, services.fresh_database(server) as fresh:
        url = fresh.render_as_string(hide_password=False)
        async with portal_process(rows, "--time", "virtual") as webhook, _mirror(url):
            ids = await _fill(rows, webhook)
            await _control(webhook, "PATCH", "costs", counted_row=0.0)
            equal = await _audited(url, webhook)
            wrong = len(await _deleted())
            victims = random.Random(7).sample(ids, rows // 100)
            await _control(webhook, "POST", "hide/deal", ids=victims)
            await _control(webhook, "PATCH", "costs", counted_row=(49.9 - 0.097) / 2_390_000)
            found = await _audited(url, webhook)
            missed = len(set(victims) ^ await _deleted())
    return [
        *_shown(equal, f"audit, {rows:,} equal rows, cheap counts", goal=60, wrong=wrong),
        *_shown(
            found,
            f"audit, {rows // 100:,} of {rows:,} rows deleted, dear counts",
            goal=500,
            wrong=missed,
        ),
    ]


def _shown(run: Run, title: str, *, goal: int, wrong: int) -> list[dict[str, object]]:
    figures = [
        ("HTTP calls", run.http_calls, goal),
        ("rows judged wrongly", wrong, 0),
        ("peak memory", round(run.peak_mb), MEMORY_GOAL_MB),
    ]
    told = [
        {
            "name": f"{title} ({run.method}): {name}",
            "figure": figure,
            "unit": "MB" if name == "peak memory" else "calls" if "HTTP" in name else "rows",
            "baseline": most,
            "ratio": round(figure / most, 3) if most else None,
            "goal": f"<= {most}",
            "holds": figure <= most,
        }
        for name, figure, most in figures
    ]
    seconds = {
        "name": f"{title} ({run.method}): the portal's seconds",
        "figure": round(run.operating_seconds, 1),
        "unit": "s",
        "goal": "shown",
        "holds": True,
    }
    return [*told, seconds]


async def _audited(database: str, webhook: str) -> Run:
    async with connection() as conn:
        await conn.execute(text("DELETE FROM sync_audit"))
    await _control(webhook, "DELETE", "calls")
    process = await create_subprocess_exec(
        *(sys.executable, "-c", AUDIT, "sync", "run", "deal", "--mode", "audit"),
        env={"DATABASE_URL": database, "BITRIX_WEBHOOK_URL": webhook, "BITRIX_ENTERPRISE": "true"},
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
    )
    _, said = await process.communicate()
    peak = PEAK.search(said.decode())
    if process.returncode or not peak:
        raise RuntimeError(f"the audit failed: {said.decode()}")
    told = await _control(webhook, "GET", "calls")
    async with connection() as conn:
        method = await conn.scalar(text("SELECT method FROM sync_audit"))
    operating = sum(float(str(seconds)) for seconds in dict(told["operating"]).values())
    return Run(int(str(told["requests"])), operating, int(peak[1]) / 1024, str(method))


async def _deleted() -> set[int]:
    async with connection() as conn:
        found = await conn.execute(text("SELECT id FROM crm_deals WHERE _deleted_at IS NOT NULL"))
        return {int(row[0]) for row in found}


async def _fill(rows: int, webhook: str) -> Sequence[int]:
    """Store the ids and times of every row, as a copy would have left them."""
    async with BitrixClient(Webhook(webhook)) as client:
        await layout_of(client, DEAL)
    store = Emulator([PortalSpec(name="acme", deals=rows)]).portal("acme").table("deal").store
    ids = list(store.ids())
    now = utc_naive()
    async with connection() as conn:
        raw = await conn.get_raw_connection()
        cursor = raw.driver_connection.cursor()
        names = "id, date_modify, _synced_at, _raw_hash"
        async with cursor.copy(f"COPY crm_deals ({names}) FROM STDIN") as copy:
            for row_id in ids:
                modified = datetime.fromisoformat(store.value(row_id, "DATE_MODIFY"))
                await copy.write_row((row_id, modified.astimezone().isoformat(), now, ""))
        await conn.execute(text("ANALYZE crm_deals"))
    async with transaction() as session:
        (await state_of(session, "deal")).last_full_at = now
    return ids


@asynccontextmanager
async def _mirror(url: str) -> AsyncIterator[None]:
    await init_db(Settings(database_url=SecretStr(url)))
    await migrate()
    yield
    await close_db()


async def _control(webhook: str, verb: str, path: str, **body: object) -> dict[str, object]:
    root = webhook.partition("/acme/rest/")[0]
    url = f"{root}/_control/acme/{path}"
    async with (
        aiohttp.ClientSession() as http,
        http.request(verb, url, json=body or None) as answer,
    ):
        if answer.status >= 400:
            raise RuntimeError(f"{verb} {path}: {await answer.text()}")
        told = await answer.text()
        return dict(json.loads(told)) if told else {}
