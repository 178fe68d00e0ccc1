"""Keeps the words of statuses and currencies, each code once, beside the tables they stand in."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Column as SqlColumn
from sqlalchemy import DateTime, MetaData, String, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.sync.layout import Layout
from bridge24.sync.views.compose import Tables
from bridge24.sync.views.models import SyncWord
from bridge24.sync.views.recipe import CURRENCIES, EVERYBODY, Options, dictionary

LONGEST_DICTIONARY, LONGEST_CODE = 100, 190

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Source:
    code: str
    word: str
    dictionary: str | None
    """The column that names the dictionary; None: all rows are one."""


_SOURCES: Mapping[str, _Source] = MappingProxyType(
    {
        "status": _Source("status_id", "name", "entity_id"),
        "currency": _Source("currency", "full_name", None),
    }
)


async def learn(session: AsyncSession, entity: str, layout: Layout) -> None:
    """Take over the words of an object that is a dictionary, in the transaction of its rows.

    Of two rows with one code the one that is not deleted counts, then the older one.
    """
    source = _SOURCES.get(entity)
    names = {column.name for column in layout.columns}
    wanted = {source.code, source.word, source.dictionary or "id"} if source else set()
    if source is None or not wanted <= names:
        return
    told = await _told(session, layout.table, source)
    await _keep(session, told, currencies=source.dictionary is None)


async def options(session: AsyncSession, tables: Tables) -> Options:
    """Read the options of all list fields that are mirrored, and the names of all people."""
    return {**await _of_fields(session, tables), **await _people(session, tables)}


async def _people(session: AsyncSession, tables: Tables) -> Options:
    names = ("id", "name", "last_name", "_deleted_at")
    if not set(names) <= tables.get("crm_users", {}).keys():
        return {}
    rows = Table("crm_users", MetaData(), *(SqlColumn(name, String) for name in names))
    found = await session.execute(
        select(rows.c.id, rows.c.name, rows.c.last_name)
        .where(rows.c._deleted_at.is_(None))
        .order_by(rows.c.id)
    )
    told = [(str(each), " ".join(filter(None, (name, last)))) for each, name, last in found]
    return {EVERYBODY: [(each, name.strip()) for each, name in told if name.strip()]}


async def _of_fields(session: AsyncSession, tables: Tables) -> Options:
    names = ("entity", "field", "id", "value", "position", "_deleted_at")
    if not set(names) <= tables.get("crm_field_options", {}).keys():
        return {}
    rows = Table("crm_field_options", MetaData(), *(SqlColumn(name, String) for name in names))
    found = await session.execute(
        select(rows.c.entity, rows.c.field, rows.c.id, rows.c.value)
        .where(rows.c._deleted_at.is_(None))
        .order_by(rows.c.entity, rows.c.field, rows.c.position, rows.c.id)
    )
    told: dict[Key, list[tuple[str, str]]] = {}
    for entity, code, option, word in found:
        told.setdefault((entity, code), []).append((str(option), word or ""))
    return told


async def _told(session: AsyncSession, table: str, source: _Source) -> dict[Key, str]:
    rows = Table(
        table,
        MetaData(),
        SqlColumn("_deleted_at", DateTime),
        *(SqlColumn(name, String) for name in {source.code, source.word, "id"}),
        *([SqlColumn(source.dictionary, String)] if source.dictionary else []),
    )
    named = rows.c[source.dictionary] if source.dictionary else rows.c[source.code]
    found = await session.execute(
        select(named, rows.c[source.code], rows.c[source.word]).order_by(
            rows.c._deleted_at.is_not(None), rows.c.id
        )
    )
    told: dict[Key, str] = {}
    for name, code, word in found:
        if name and code and word:
            key = (dictionary(name) if source.dictionary else CURRENCIES, code)
            told.setdefault(key, word)
    return {key: word for key, word in told.items() if _has_room(*key)}


def _has_room(name: str, code: str) -> bool:
    return len(name) <= LONGEST_DICTIONARY and len(code) <= LONGEST_CODE


async def _keep(session: AsyncSession, told: Mapping[Key, str], *, currencies: bool) -> None:
    ours = SyncWord.dictionary == CURRENCIES
    kept = await session.scalars(select(SyncWord).where(ours if currencies else ~ours))
    known = {(row.dictionary, row.code): row for row in kept}
    for key, word in told.items():
        if key not in known:
            session.add(SyncWord(dictionary=key[0], code=key[1], word=word))
        elif known[key].word != word:
            known[key].word = word
    for key in known.keys() - told.keys():
        await session.execute(
            delete(SyncWord).where(SyncWord.dictionary == key[0], SyncWord.code == key[1])
        )
    await session.flush()
