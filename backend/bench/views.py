"""What a labelled view costs against the bare table, over 100,000 deals on both databases."""

import time
from dataclasses import replace

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import URL
from tests import services

from bridge24.bitrix import BitrixClient, Limits, Webhook
from bridge24.bitrix.crm import DEAL
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.settings import Settings
from bridge24.core.tables import migrate
from bridge24.emulator import Emulator, PortalSpec
from bridge24.sync.layout import Layout
from bridge24.sync.layouts import layout_of
from bridge24.sync.service import SyncService
from bridge24.sync.shape_rows import stored_names

ROUNDS = 5
SEED_DEALS = 1_000
DICTIONARIES = ("status", "deal_funnel", "user", "company", "contact", "lead", "quote")
UNHURRIED = Limits(capacity=100_000, leaks_per_second=10_000, reserve=0)

# Name, the question asked of the table, the question asked of the view, the goal.
QUESTIONS = (
    ("count", "SELECT count(*) FROM {bare}", "SELECT count(*) FROM {view}"),
    (
        "filtered sum",
        "SELECT sum(opportunity) FROM {bare} AND assigned_by_id = 3",
        "SELECT sum(opportunity) FROM {view} WHERE assigned_by_id = 3",
    ),
    (
        "first 50 rows",
        "SELECT {all} FROM {bare} ORDER BY id LIMIT 50",
        "SELECT * FROM {view} ORDER BY id LIMIT 50",
    ),
    (
        "sum by stage",
        "SELECT stage_id, sum(opportunity) FROM {bare} GROUP BY stage_id",
        "SELECT stage, sum(opportunity) FROM {view} GROUP BY stage",
    ),
    (
        "sum by person",
        "SELECT assigned_by_id, sum(opportunity) FROM {bare} GROUP BY assigned_by_id",
        "SELECT responsible, sum(opportunity) FROM {view} GROUP BY responsible",
    ),
)
GOALS = {"count": 4, "filtered sum": 4, "first 50 rows": 100, "sum by stage": 8, "sum by person": 8}
"""Times the bare table at most; the first 50 rows are milliseconds with a hundred words."""


async def measure(quick: bool) -> list[dict[str, object]]:  # noqa: FBT001
    """Ask both databases the same questions with and without words."""
    deals = 10_000 if quick else 100_000
    measured: list[dict[str, object]] = []
    for name, serve in (("PostgreSQL", services.postgresql), ("MariaDB", services.mysql)):
        with serve() as server, services.fresh_database(server) as url:
            measured += await _measure(name, url, deals=deals)
    return measured


async def _measure(database: str, url: URL, *, deals: int) -> list[dict[str, object]]:
    await init_db(Settings(database_url=SecretStr(url.render_as_string(hide_password=False))))
    await migrate()
    layout = await _copied()
    await _multiply(layout, deals=deals)
    names = ", ".join(f"d.{column.name}" for column in layout.columns)
    rows = []
    for name, bare, view in QUESTIONS:
        plain = await _seconds(
            bare.format(bare="crm_deals d WHERE d._deleted_at IS NULL", all=names)
        )
        words = await _seconds(view.format(view="v_crm_deals"))
        rows.append(
            {
                "name": f"views: {name} of {deals:,} deals, {database}",
                "figure": words * 1000,
                "unit": "ms",
                "baseline": plain * 1000,
                "ratio": words / plain,
                "goal": GOALS[name],
                "holds": words / plain <= GOALS[name],
            }
        )
    await close_db()
    return rows


async def _copied() -> Layout:
    """Copy a small company with its dictionaries."""
    spec = replace(PortalSpec(name="acme"), deals=SEED_DEALS)
    async with (
        Emulator([spec], seed=7, limits="none") as emulator,
        BitrixClient(Webhook(emulator.webhook_url("acme")), limits=UNHURRIED) as client,
    ):
        service = SyncService(client, host="acme")
        for name in (*DICTIONARIES, "deal"):
            await service.full_sync(name)
        layout, _ = await layout_of(client, DEAL)
        return layout


async def _multiply(layout: Layout, *, deals: int) -> None:
    """Write each deal again and again under new ids."""
    quoted = [name for name in stored_names(layout) if name != "id"]
    columns = ", ".join([*quoted, "_synced_at", "_raw_hash"])
    async with connection() as conn:
        for times in range(1, deals // SEED_DEALS):
            await conn.execute(
                text(
                    f"INSERT INTO crm_deals (id, {columns}) "
                    f"SELECT id + {times * SEED_DEALS * 10}, {columns} FROM crm_deals "
                    f"WHERE id <= {SEED_DEALS * 10}"
                )
            )
    async with connection() as conn:
        vacuum = "ANALYZE crm_deals" if conn.dialect.name == "postgresql" else None
        await conn.execute(text(vacuum or "ANALYZE TABLE crm_deals"))


async def _seconds(question: str) -> float:
    """The best of some rounds, answers read to the end."""
    best = float("inf")
    async with connection() as conn:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            (await conn.exec_driver_sql(question)).all()
            best = min(best, time.perf_counter() - began)
    return best
