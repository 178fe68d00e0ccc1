"""Keeps the labelled views up to date with the tables, the dictionaries and the language."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bridge24.bitrix import crm
from bridge24.bitrix.fields import Field
from bridge24.core.db import DRIVER_ERRORS, connection, dialect_of, get_engine, transaction
from bridge24.core.errors import AppError
from bridge24.core.jobs import Retry, enqueue, task
from bridge24.core.jobs.collisions import is_collision
from bridge24.core.settings import get_settings
from bridge24.sync.ddl.mysql import TableBusy
from bridge24.sync.layout import Layout
from bridge24.sync.views.compose import Tables, compose, compose_child, view_name
from bridge24.sync.views.dictionaries import options
from bridge24.sync.views.links import smart_links
from bridge24.sync.views.models import SyncView
from bridge24.sync.views.mysql import MysqlViews
from bridge24.sync.views.postgres import PostgresViews
from bridge24.sync.views.recipe import EVERYTHING, Recipe, recipe_for, with_options

TASK = "sync.views"
SOON = timedelta(seconds=5)

log = structlog.get_logger()

Views = PostgresViews | MysqlViews


async def follow(entity: crm.Entity, layout: Layout, fields: Sequence[Field]) -> None:
    """Make the view of a table that was just made, widened or described anew.

    Where the table is new or its fields changed, the other views follow as well: they may
    take their words from it. Nothing that goes wrong here hinders the sync: the view stays
    as it was. A worker makes up for it seconds later when somebody only held a view, and the
    next run tries again in any case.
    """
    recipe = recipe_for(entity, layout, fields)
    try:
        changed = await _remember(recipe)
        await _renew_or_promise(recipe.entity, table=recipe.table if changed else None)
    except AppError as error:
        log.warning("views.not_renewed", entity=entity.name, reason=str(error))


async def learned(entity: crm.Entity) -> None:
    """Renew the views after a run over the options of list fields, or over people."""
    if entity.name not in {"field_option", "user"}:
        return
    try:
        await _renew_or_promise(None)
    except AppError as error:
        log.warning("views.not_renewed", entity=entity.name, reason=str(error))


class ViewsHeld(AppError):
    """Views could not be renewed because queries read them: {entities}."""


@task(name=TASK, retry=Retry(first=SOON, longest=timedelta(minutes=5)))
async def settle() -> None:
    """Renew the views that somebody held the last time.

    Raises:
        ViewsHeld: Somebody still does.
    """
    held = await renew()
    if held:
        raise ViewsHeld(entities=", ".join(held))


async def _renew_or_promise(only: str | None, *, table: str | None = None) -> None:
    try:
        held: Sequence[str] = await renew(only, table=table)
    except AppError as error:
        if not _is_held(error):
            raise
        log.warning("views.not_renewed", entity=only, reason=str(error))
        held = [only or "all"]
    if held:
        async with transaction() as session:
            await enqueue(session, TASK, dedup=TASK, delay=SOON)


def _is_held(error: BaseException) -> bool:
    return isinstance(error, TableBusy) or is_collision(error)


async def renew(only: str | None = None, *, table: str | None = None) -> Sequence[str]:
    """Make every view, or one object's, what it should be now; those that are stay untouched.

    Args:
        only: An object; None: all of them.
        table: Renew the views that take words from this table beside the object's own.

    Returns:
        The objects whose views somebody holds at the moment: they stay as they were.

    Raises:
        DatabaseError: The database cannot be reached, or somebody else renews them.
    """
    async with transaction() as session:
        rows = await session.scalars(select(SyncView).order_by(SyncView.entity))
        kept = [row for row in rows if only in (None, row.entity) or _mentions(row, table)]
        recipes = [(Recipe.from_json(row.recipe), row.digest) for row in kept]
    made: dict[str, str] = {}
    held: list[str] = []
    async with connection() as conn, _locked(conn) as views:
        tables = await views.tables()
        async with transaction() as session:
            told = await options(session, tables)
        for recipe, digest in recipes:
            if recipe.table not in tables:
                continue
            try:
                made[recipe.entity] = await _put(views, with_options(recipe, told), tables, digest)
            except (AppError, *DRIVER_ERRORS) as error:
                # A query is reading it, or a view of the owner's stands on it: the others go on.
                log.warning("views.not_renewed", entity=recipe.entity, reason=str(error))
                held += [recipe.entity] if _is_held(error) else []
    async with transaction() as session:
        for row in await session.scalars(select(SyncView).where(SyncView.entity.in_(made))):
            row.digest = made[row.entity]
    return held


async def drop(*tables: str) -> None:
    """Drop mirrored tables; views that took words from them show codes from now on.

    Raises:
        ViewInTheWay: A view of the owner's stands on one of them; nothing was dropped.
    """
    async with connection() as conn, _locked(conn) as views:
        await views.drop(*tables)
    async with transaction() as session:
        for row in await session.scalars(select(SyncView)):
            if Recipe.from_json(row.recipe).table in tables:
                # Once the table is there again, it is news to all views.
                await session.delete(row)
    await _renew_or_promise(None)


def _mentions(row: SyncView, table: str | None) -> bool:
    # In the text: a first copy asks this of all recipes for each of its tables.
    if table is None:
        return False
    names = [table, EVERYTHING] if smart_links([table]) else [table]
    return any(json.dumps(name) in row.recipe for name in names)


@asynccontextmanager
async def _locked(conn: AsyncConnection) -> AsyncIterator[Views]:
    views = await (PostgresViews if dialect_of(conn) == "postgresql" else MysqlViews).of(conn)
    await views.lock()
    try:
        yield views
    finally:
        await views.unlock()


async def _put(views: Views, recipe: Recipe, tables: Tables, digest: str | None) -> str:
    """Make the views of an object unless they are there, and return their digest."""
    dialect, language = dialect_of(get_engine()), get_settings().labels_language
    order = await views.columns(view_name(recipe.table))
    wanted = [compose(recipe, tables, dialect=dialect, language=language, order=order)]
    child = compose_child(recipe, tables, dialect=dialect, language=language)
    wanted += [child] if child else []
    now = sha256("".join(view.digest for view in wanted).encode()).hexdigest()
    for place, view in enumerate(wanted):
        there = order if place == 0 else await views.columns(view.name)
        if now != digest or list(there) != list(view.columns):
            await views.put(view)
    return now


async def _remember(recipe: Recipe) -> bool:
    """Keep a recipe, and say whether it is a new one."""
    text = recipe.to_json()
    async with transaction() as session:
        row = await session.get(SyncView, recipe.entity)
        if row is None:
            session.add(SyncView(entity=recipe.entity, recipe=text))
            return True
        changed = row.recipe != text
        row.recipe = text
        return changed
