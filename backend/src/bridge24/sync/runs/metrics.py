"""The figures in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core import jobs
from bridge24.core.database_clock import database_moment
from bridge24.sync.runs import budget, reading
from bridge24.sync.runs.models import SyncTally

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


async def text(session: AsyncSession) -> str:
    """Write every figure."""
    tallies = (await session.scalars(select(SyncTally).order_by(SyncTally.entity))).all()
    parts = [
        *_totals(tallies),
        *_standing(tallies, await database_moment(session)),
        *await _open(session),
        *await _queue(session),
        *await _budget(session),
    ]
    return "".join(parts)


def _totals(tallies: Sequence[SyncTally]) -> Iterable[str]:
    told = {
        "runs": "Runs that ended.",
        "failures": "Runs that failed.",
        "rows_written": "Rows inserted or updated.",
        "http_calls": "HTTP calls made to the portal.",
    }
    for name, help_ in told.items():
        samples = [({"entity": row.entity}, getattr(row, name)) for row in tallies]
        yield family(f"bridge24_sync_{name}_total", help_, samples, kind="counter")


def _standing(tallies: Sequence[SyncTally], now: datetime) -> Iterable[str]:
    yield family(
        "bridge24_sync_lag_seconds",
        "Since changes were last looked for with success.",
        [
            ({"entity": row.entity}, max(0.0, (now - row.looked_at).total_seconds()))
            for row in tallies
            if row.looked_at is not None
        ],
    )
    for name, help_ in (
        ("rows_here", "Rows of the table that are not deleted, when last counted."),
        ("rows_in_portal", "Rows in the portal, when last known."),
    ):
        samples = [
            ({"entity": row.entity}, value)
            for row in tallies
            if (value := getattr(row, name)) is not None
        ]
        yield family(f"bridge24_sync_{name}", help_, samples)


async def _open(session: AsyncSession) -> Iterable[str]:
    runs = await reading.open_runs(session)
    counts = await reading.quarantine_counts(session)
    return [
        family(
            "bridge24_sync_run_rows",
            "Rows the open run has read.",
            [({"entity": name, "mode": run.mode}, run.rows_read) for name, run in runs.items()],
        ),
        family(
            "bridge24_sync_quarantined",
            "Rows that could not be stored.",
            [({"entity": name}, count) for name, count in sorted(counts.items())],
        ),
    ]


async def _queue(session: AsyncSession) -> Iterable[str]:
    figures = await jobs.figures(session)
    waiting = figures.oldest_waiting
    return [
        family(
            "bridge24_jobs",
            "Jobs that wait, run, or failed for good.",
            [({"task": each.task, "state": each.state}, each.jobs) for each in figures.depths],
        ),
        family(
            "bridge24_jobs_oldest_waiting_seconds",
            "For how long the first due job has been waiting.",
            [({}, waiting.total_seconds() if waiting is not None else 0.0)],
        ),
        family("bridge24_workers", "Workers alive.", [({}, len(figures.workers))]),
    ]


async def _budget(session: AsyncSession) -> Iterable[str]:
    told = await budget.budget_out(session)
    bucket: list[Sample] = [({}, told.bucket.level)] if told.bucket else []
    return [
        family(
            "bridge24_portal_operating_seconds",
            "Operating seconds of a method in the last ten minutes.",
            [({"method": each.method}, each.used_seconds) for each in told.methods],
        ),
        family("bridge24_portal_bucket_level", "How full the portal's bucket is.", bucket),
    ]


def family(name: str, help_: str, samples: Sequence[Sample], *, kind: str = "gauge") -> str:
    """Write one figure with its samples; nothing when there are none."""
    if not samples:
        return ""
    lines = [f"# HELP {name} {help_}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{_labels(labels)} {_number(value)}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
