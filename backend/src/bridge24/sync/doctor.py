"""Looks at the portal and the database and says in plain words what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply
from bridge24.core.clock import utc_now
from bridge24.core.db import connection, dialect_of
from bridge24.core.errors import AppError
from bridge24.sync.errors import explain_portal_error

CLOCK_SECONDS = 30
PROBE_TABLE = "bridge24_doctor_probe"
PROBE_TEXT = "Проверка ✓ 😀"
# https://apidocs.bitrix24.com/api-reference/scopes/permissions.html
OPTIONAL_SCOPES = {
    "user": "employees",
    "department": "departments",
    "task": "tasks",
    "telephony": "calls",
    "catalog": "products",
}


class Level(StrEnum):
    """How bad a finding is."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing that was looked at."""

    level: Level
    subject: str
    sentence: str
    exit_code: int = 0
    """What the command line leaves with because of it."""


async def examine_portal(client: BitrixClient, *, host: str) -> list[Finding]:
    """Ask the portal who we are, what we may do and what time it is; one HTTP call."""
    questions = {
        "profile": Call("profile"),
        "scope": Call("scope"),
        "time": Call("server.time"),
        "deals": Call("crm.deal.list", {"select": ["ID"], "start": -1}),
        "types": Call("crm.type.list", {"order": {"id": "ASC"}, "start": 0}),
    }
    try:
        answers = await client.batch(list(questions.values()))
    except BitrixError as error:
        return [_portal_trouble(error, host)]
    told = dict(zip(questions, answers, strict=True))
    if isinstance(told["profile"], BitrixError) and isinstance(told["scope"], BitrixError):
        return [_portal_trouble(told["profile"], host)]
    found = [Finding(Level.GOOD, "webhook", f"The portal {host} accepts the webhook.")]
    found += _rights(told["profile"])
    found += _scopes(told["scope"])
    found += _clock(told["time"])
    found += _deals(told["deals"], host)
    found += _smart_processes(told["types"])
    return found


def _portal_trouble(error: BitrixError, host: str) -> Finding:
    told = explain_portal_error(error, host=host)
    return Finding(Level.BAD, "portal", str(told), told.exit_code)


def _rights(profile: Outcome) -> list[Finding]:
    if not isinstance(profile, Reply) or not isinstance(profile.result, Mapping):
        return []
    if profile.result.get("ADMIN"):
        return [Finding(Level.GOOD, "rights", "The webhook's owner is an administrator.")]
    sentence = (
        "The webhook's owner is not an administrator: rows hidden from them will be missing. "
        "Make the webhook as an administrator."
    )
    return [Finding(Level.NOTE, "rights", sentence)]


def _scopes(scope: Outcome) -> list[Finding]:
    if not isinstance(scope, Reply) or not isinstance(scope.result, list):
        return []
    granted = set(scope.result)
    if "crm" not in granted:
        sentence = 'The webhook lacks the permission "crm": tick it in the webhook\'s settings.'
        return [Finding(Level.BAD, "scope", sentence, exit_code=3)]
    found = [Finding(Level.GOOD, "scope", 'The webhook has the permission "crm".')]
    lacking = [f"{name} ({what})" for name, what in OPTIONAL_SCOPES.items() if name not in granted]
    if lacking:
        sentence = f"Not permitted, so not copied: {', '.join(lacking)}."
        found.append(Finding(Level.NOTE, "scope", sentence))
    return found


def _clock(answer: Outcome) -> list[Finding]:
    if not isinstance(answer, Reply):
        return []
    portal = datetime.fromisoformat(str(answer.result))
    seconds = abs((utc_now() - portal).total_seconds())
    if seconds <= CLOCK_SECONDS:
        return [Finding(Level.GOOD, "clock", "Our clock and the portal's agree.")]
    sentence = (
        f"Our clock and the portal's differ by {seconds:.0f} s. Copies stay right, since they go "
        "by the portal's clock, but set this machine's clock."
    )
    return [Finding(Level.NOTE, "clock", sentence)]


def _deals(answer: Outcome, host: str) -> list[Finding]:
    if isinstance(answer, BitrixError):
        return [_portal_trouble(answer, host)]
    return [Finding(Level.GOOD, "CRM", "Deals can be read.")]


def _smart_processes(answer: Outcome) -> list[Finding]:
    if not isinstance(answer, Reply) or not isinstance(answer.result, Mapping):
        sentence = "The portal does not list its smart processes, so none are copied."
        return [Finding(Level.NOTE, "CRM", sentence)]
    titles = [str(row.get("title")) for row in answer.result.get("types", [])]
    count = answer.total or len(titles)
    named = f": {', '.join(titles[:5])}{' …' if count > 5 else ''}" if titles else ""
    return [Finding(Level.GOOD, "CRM", f"The portal has {count} smart processes{named}.")]


async def examine_database() -> list[Finding]:
    """Try out what a sync does to the database, on a table of its own."""
    try:
        async with connection() as conn:
            return await _probed(conn)
    except AppError as error:
        return [Finding(Level.BAD, "database", str(error), error.exit_code)]


async def _probed(conn: AsyncConnection) -> list[Finding]:
    version = str(await conn.scalar(text("SELECT version()"))).split(" on ")[0]
    found = [Finding(Level.GOOD, "database", f"The database answers: {version}.")]
    kept = await _tried_out(conn)
    found.append(Finding(Level.GOOD, "rights", "Tables can be created, widened and filled."))
    found += _unicode(kept)
    if dialect_of(conn) == "mysql":
        found += _local_infile(await conn.scalar(text("SELECT @@GLOBAL.local_infile")))
    return found


async def _tried_out(conn: AsyncConnection) -> object:
    """Create, widen, fill and drop a table, and say what became of a text.

    What a failure leaves behind is undone with the transaction, or on MySQL, where DDL
    commits, by the next try.
    """
    await conn.execute(text(f"DROP TABLE IF EXISTS {PROBE_TABLE}"))
    await conn.execute(text(f"CREATE TABLE {PROBE_TABLE} (id INTEGER PRIMARY KEY)"))
    await conn.execute(text(f"ALTER TABLE {PROBE_TABLE} ADD COLUMN word VARCHAR(255)"))
    insert = text(f"INSERT INTO {PROBE_TABLE} (id, word) VALUES (1, :word)")
    await conn.execute(insert, {"word": PROBE_TEXT})
    kept = await conn.scalar(text(f"SELECT word FROM {PROBE_TABLE}"))
    await conn.execute(text(f"DROP TABLE {PROBE_TABLE}"))
    return kept


def _unicode(kept: object) -> list[Finding]:
    if kept == PROBE_TEXT:
        return [Finding(Level.GOOD, "texts", "Every letter and emoji is kept.")]
    sentence = "The database changes letters or emoji: use UTF-8 (utf8mb4) as its character set."
    return [Finding(Level.BAD, "texts", sentence, exit_code=4)]


def _local_infile(allowed: object) -> list[Finding]:
    if allowed:
        return [Finding(Level.GOOD, "speed", "LOAD DATA LOCAL is allowed.")]
    sentence = (
        "LOAD DATA LOCAL is off, so loading is several times slower: set local_infile=1 on "
        "the server."
    )
    return [Finding(Level.NOTE, "speed", sentence)]
