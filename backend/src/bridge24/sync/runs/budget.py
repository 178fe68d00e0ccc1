"""The portal's budget: shared by the processes that work on it, and shown to people."""

import asyncio
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixClient, BitrixError, PortalLimits
from bridge24.core.db import transaction
from bridge24.core.errors import AppError, DatabaseError
from bridge24.core.jobs import Job, State, persist
from bridge24.core.jobs.models import now_ms
from bridge24.sync.portal import portal_client
from bridge24.sync.runs.models import SyncGauge
from bridge24.sync.runs.schemas import BucketOut, BudgetOut, MethodBudgetOut

ROUND_SECONDS = 2.0
KEEP = timedelta(minutes=10)
FRESH = timedelta(seconds=15)
OF_THE_SYNC = "sync.%"


async def keep_sharing(stop: asyncio.Event) -> None:
    """Look every two seconds who else works, and say what we know, until ``stop``.

    A process that does nothing takes nothing: the portal's rate is divided among the
    workers that run a job of the sync at the moment.
    """
    while not stop.is_set():
        with suppress(AppError, BitrixError):
            client = portal_client()
            await share(client)
            await _tell(await client.limits())
        with suppress(TimeoutError):
            async with asyncio.timeout(ROUND_SECONDS):
                await stop.wait()


async def share(client: BitrixClient) -> None:
    """Take this process's part of the portal's rate of calls."""
    async with transaction() as session:
        workers = await working(session)
        filled = await _filled_by_others(session)
    limits = await client.limits()
    now = asyncio.get_running_loop().time()
    limits.bucket.divide(max(1, workers), now=now)
    limits.bucket.suppose(filled, now=now)


async def _filled_by_others(session: AsyncSession) -> float:
    """How full other processes have made the bucket, as they said and it has leaked since."""
    now = await _now(session)
    said = select(SyncGauge).where(SyncGauge.at > now - KEEP, SyncGauge.holder != _holder())
    filled = 0.0
    for row in await session.scalars(said):
        bucket = orjson.loads(row.budget)["bucket"]
        leaked = (now - row.at).total_seconds() * bucket["leaks_per_second"] / bucket["parts"]
        filled += max(0.0, bucket["level"] - max(0.0, leaked))
    return filled


async def working(session: AsyncSession) -> int:
    """Count the workers that run jobs of the sync now."""
    workers = select(func.count(Job.worker.distinct())).where(
        Job.state == State.RUNNING, Job.task.like(OF_THE_SYNC)
    )
    return await session.scalar(workers) or 0


async def budget_out(session: AsyncSession) -> BudgetOut:
    """Say what is used of the portal's limits, as far as the processes know together.

    Of a method the highest figure counts: each is the portal's own, and the others are older.
    """
    fresh = select(SyncGauge).where(SyncGauge.at > await _now(session) - FRESH)
    rows = (await session.scalars(fresh.order_by(SyncGauge.at.desc()))).all()
    told = [orjson.loads(row.budget) for row in rows]
    methods: dict[str, MethodBudgetOut] = {}
    for each in told:
        for method, facts in each["operating"].items():
            known = methods.get(method)
            if known is None or facts["used_seconds"] > known.used_seconds:
                methods[method] = MethodBudgetOut(method=method, **facts)
    return BudgetOut(
        bucket=_bucket(told) if told else None,
        methods=[methods[name] for name in sorted(methods)],
        at=rows[0].at if rows else None,
    )


def _bucket(told: Sequence[Mapping[str, Any]]) -> BucketOut:
    first = told[0]["bucket"]
    return BucketOut(
        capacity=first["capacity"],
        leaks_per_second=first["leaks_per_second"],
        level=min(first["capacity"], sum(each["bucket"]["level"] for each in told)),
        shared_by=max(each["bucket"]["parts"] for each in told),
    )


async def _tell(limits: PortalLimits) -> None:
    now = asyncio.get_running_loop().time()
    budget = orjson.dumps(
        {
            "bucket": {
                "capacity": limits.limits.capacity,
                "leaks_per_second": limits.limits.leaks_per_second,
                "level": round(limits.bucket.level(now), 1),
                "parts": limits.bucket.parts,
            },
            "operating": {
                method: {
                    "used_seconds": round(limits.operating.used(method, now), 2),
                    "limit_seconds": limits.operating.limit_seconds,
                    "reset_in_seconds": round(limits.operating.reset_in(method, now), 1),
                }
                for method in limits.operating.methods(now)
            },
        }
    ).decode()
    with suppress(DatabaseError):
        await persist(lambda: _keep(budget))


async def _keep(budget: str) -> None:
    async with transaction() as session:
        now = await _now(session)
        await session.execute(delete(SyncGauge).where(SyncGauge.at < now - KEEP))
        await session.merge(SyncGauge(holder=_holder(), at=now, budget=budget))


async def _now(session: AsyncSession) -> datetime:
    """By the database's clock: those of the processes may differ by minutes."""
    milliseconds: int = (await session.scalars(select(now_ms()))).one()
    return datetime.fromtimestamp(milliseconds / 1000, UTC).replace(tzinfo=None)


def _holder() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}"
