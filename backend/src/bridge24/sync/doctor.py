"""Looks at the portal and the database and says in plain words what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply
from bridge24.core.clock import utc_now
from bridge24.core.db import connection, dialect_of
from bridge24.core.errors import AppError, told_facts
from bridge24.sync.errors import explain_portal_error
from bridge24.sync.native.binding import compiled

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


# What the doctor says, by code; the interface says the same in its reader's language.
SENTENCES = {
    "accepted": "The portal {host} accepts the webhook.",
    "admin": "The webhook's owner is an administrator.",
    "notAdmin": "The webhook's owner is not an administrator: rows hidden from them will be "
    "missing. Make the webhook as an administrator.",
    "scope": 'The webhook has the permission "{scope}".',
    "noScope": 'The webhook lacks the permission "{scope}": tick it in the webhook\'s settings.',
    "lacking": "Not permitted, so not copied: {what}.",
    "clock": "Our clock and the portal's agree.",
    "clockOff": "Our clock and the portal's differ by {seconds} s. Copies stay right, since they "
    "go by the portal's clock, but set this machine's clock.",
    "deals": "Deals can be read.",
    "smart": "Smart processes of the portal: {count} ({names}).",
    "noSmart": "The portal has no smart processes.",
    "smartHidden": "The portal does not list its smart processes, so none are copied.",
    "database": "The database answers: {version}.",
    "tables": "Tables can be created, widened and filled.",
    "texts": "Every letter and emoji is kept.",
    "textsBad": "The database changes letters or emoji: use UTF-8 (utf8mb4) as its character set.",
    "infile": "LOAD DATA LOCAL is allowed.",
    "infileOff": "LOAD DATA LOCAL is off, so loading is several times slower: set local_infile=1 "
    "on the server.",
    "slowTyping": "The compiled library is missing or old, so rows are typed in Python, which is "
    "several times slower: run backend/native/build.sh.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing that was looked at."""

    level: Level
    subject: str
    code: str
    """Of ``SENTENCES``, or of an error."""
    sentence: str
    facts: Mapping[str, object]
    """What the sentence names."""
    exit_code: int = 0
    """What the command line leaves with because of it."""


def trouble(subject: str, error: AppError) -> Finding:
    """Make a finding of an error."""
    return Finding(Level.BAD, subject, error.code, str(error), told_facts(error), error.exit_code)


def _found(
    level: Level, subject: str, code: str, *, exit_code: int = 0, **facts: str | Sequence[str]
) -> Finding:
    words = {
        name: fact if isinstance(fact, str) else ", ".join(fact) for name, fact in facts.items()
    }
    return Finding(level, subject, code, SENTENCES[code].format(**words), facts, exit_code)


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
    found = [_found(Level.GOOD, "webhook", "accepted", host=host)]
    found += _rights(told["profile"])
    found += _scopes(told["scope"])
    found += _clock(told["time"])
    found += _deals(told["deals"], host)
    found += _smart_processes(told["types"])
    return found


def _portal_trouble(error: BitrixError, host: str) -> Finding:
    return trouble("portal", explain_portal_error(error, host=host))


def _rights(profile: Outcome) -> list[Finding]:
    if not isinstance(profile, Reply) or not isinstance(profile.result, Mapping):
        return []
    if profile.result.get("ADMIN"):
        return [_found(Level.GOOD, "rights", "admin")]
    return [_found(Level.NOTE, "rights", "notAdmin")]


def _scopes(scope: Outcome) -> list[Finding]:
    if not isinstance(scope, Reply) or not isinstance(scope.result, list):
        return []
    granted = set(scope.result)
    if "crm" not in granted:
        return [_found(Level.BAD, "scope", "noScope", exit_code=3, scope="crm")]
    found = [_found(Level.GOOD, "scope", "scope", scope="crm")]
    lacking = [f"{name} ({what})" for name, what in OPTIONAL_SCOPES.items() if name not in granted]
    if lacking:
        found.append(_found(Level.NOTE, "scope", "lacking", what=lacking))
    return found


def _clock(answer: Outcome) -> list[Finding]:
    if not isinstance(answer, Reply):
        return []
    portal = datetime.fromisoformat(str(answer.result))
    seconds = abs((utc_now() - portal).total_seconds())
    if seconds <= CLOCK_SECONDS:
        return [_found(Level.GOOD, "clock", "clock")]
    return [_found(Level.NOTE, "clock", "clockOff", seconds=f"{seconds:.0f}")]


def _deals(answer: Outcome, host: str) -> list[Finding]:
    if isinstance(answer, BitrixError):
        return [_portal_trouble(answer, host)]
    return [_found(Level.GOOD, "CRM", "deals")]


def _smart_processes(answer: Outcome) -> list[Finding]:
    if not isinstance(answer, Reply) or not isinstance(answer.result, Mapping):
        return [_found(Level.NOTE, "CRM", "smartHidden")]
    titles = [str(row.get("title")) for row in answer.result.get("types", [])]
    count = answer.total or len(titles)
    if count == 0:
        return [_found(Level.GOOD, "CRM", "noSmart")]
    names = [*titles[:5], "…"] if count > 5 else titles
    return [_found(Level.GOOD, "CRM", "smart", count=str(count), names=names)]


def examine_library() -> list[Finding]:
    """Look for the compiled library; nothing is said when it is there."""
    return [] if compiled() else [_found(Level.NOTE, "speed", "slowTyping")]


async def examine_database() -> list[Finding]:
    """Try out what a sync does to the database, on a table of its own."""
    try:
        async with connection() as conn:
            return await _probed(conn)
    except AppError as error:
        return [trouble("database", error)]


async def _probed(conn: AsyncConnection) -> list[Finding]:
    version = str(await conn.scalar(text("SELECT version()"))).split(" on ")[0]
    found = [_found(Level.GOOD, "database", "database", version=version)]
    kept = await _tried_out(conn)
    found.append(_found(Level.GOOD, "rights", "tables"))
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
        return [_found(Level.GOOD, "texts", "texts")]
    return [_found(Level.BAD, "texts", "textsBad", exit_code=4)]


def _local_infile(allowed: object) -> list[Finding]:
    code = "infile" if allowed else "infileOff"
    return [_found(Level.GOOD if allowed else Level.NOTE, "speed", code)]
