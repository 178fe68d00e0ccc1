"""What the owner wants of each object: read, checked, kept."""

import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import BitrixError, crm
from bridge24.core.db import dialect_of, get_engine, transaction
from bridge24.core.errors import AppError, BadConfiguration
from bridge24.core.jobs import enqueue
from bridge24.core.settings import get_settings
from bridge24.sync import extract, policy, policy_change
from bridge24.sync.entities import all_mirrored
from bridge24.sync.errors import WrongConfig, explain_portal_error
from bridge24.sync.fields import table_name
from bridge24.sync.models import SyncConfig
from bridge24.sync.names import snake_case
from bridge24.sync.portal import portal_client, portal_host
from bridge24.sync.runs.due import DISCOVER, checked_cron, configurations
from bridge24.sync.runs.stopping import config_of, defaults_of
from bridge24.sync.schemas import ConfigIn, ConfigOut, EntityConfigIn, EntityConfigOut

PLAIN = ("enabled", "paused", "timezone", "delete_mode", "history", "lookback_minutes")


async def read() -> ConfigOut:
    """Say what is wanted of every object there is."""
    configs = await configurations()
    settings = get_settings()
    return ConfigOut(
        default_interval_minutes=settings.sync_default_interval_minutes,
        audit_cron=settings.sync_audit_cron,
        entities={
            each.name: shown(each.name, configs.get(each.name)) for each in await all_mirrored()
        },
    )


def shown(name: str, config: SyncConfig | None) -> EntityConfigOut:
    """Show what is wanted of one object; None: the defaults."""
    row = config or SyncConfig(entity=name, **defaults_of(name))
    told = {name: getattr(row, name) for name in PLAIN}
    return EntityConfigOut.model_validate(
        {
            **told,
            "interval_minutes": row.interval_minutes,
            "cron": row.cron,
            "columns": policy.parsed(row.columns),
        }
    )


async def change(wanted: ConfigIn) -> ConfigOut:
    """Keep what is wanted, all of it or nothing.

    Raises:
        WrongConfig: With one sentence an object and field.
    """
    entities = {each.name: each.entity for each in await all_mirrored()}
    problems: list[dict[str, str]] = []
    for name, change_ in wanted.entities.items():
        if name not in entities:
            known = ", ".join(entities)
            problems.append(_problem(name, "", f"there is no such object; there are {known}"))
            continue
        problems += await _problems(entities[name], change_)
    if problems:
        first = problems[0]
        raise WrongConfig(field=first["field"], problem=first["problem"], problems=problems)
    async with transaction() as session:
        for name, change_ in wanted.entities.items():
            await _keep(session, name, change_)
        if any(change_.enabled for change_ in wanted.entities.values()):
            # What is switched on and has no copy gets its first one.
            await enqueue(session, DISCOVER, dedup="schedule:discover")
    return await read()


async def _keep(session: AsyncSession, name: str, wanted: EntityConfigIn) -> None:
    config = await config_of(session, name)
    given = wanted.model_fields_set
    for field in PLAIN:
        value = getattr(wanted, field)
        if field in given and value is not None:
            setattr(config, field, value)
    for field in ("interval_minutes", "cron"):
        if field in given:
            setattr(config, field, getattr(wanted, field))
    # One rhythm replaces the other.
    if wanted.cron is not None:
        config.interval_minutes = None
    elif wanted.interval_minutes is not None:
        config.cron = None
    if wanted.columns is not None:
        before, config.columns = config.columns, json.dumps(wanted.columns)
        await policy_change.promise(session, name, before=before)


async def _problems(entity: crm.Entity, wanted: EntityConfigIn) -> list[dict[str, str]]:
    found = _rhythm_problems(entity.name, wanted)
    if wanted.columns:
        found += await _column_problems(entity, wanted.columns)
    return found


def _rhythm_problems(name: str, wanted: EntityConfigIn) -> list[dict[str, str]]:
    if wanted.cron is not None and wanted.interval_minutes is not None:
        return [_problem(name, "cron", "give an interval or a cron line, not both")]
    zone = wanted.timezone or "UTC"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return [_problem(name, "timezone", f'there is no time zone "{zone}"')]
    if wanted.cron is None:
        return []
    try:
        checked_cron(wanted.cron, zone)
    except AppError as error:
        return [_problem(name, "cron", str(error))]
    return []


async def _column_problems(
    entity: crm.Entity, columns: Mapping[str, policy.Treatment]
) -> list[dict[str, str]]:
    try:
        policy.checked(columns, entity)
    except (policy.WrongPolicy, BadConfiguration) as error:
        return [_problem(entity.name, "columns", str(error))]
    known = await _known_columns(entity)
    return [
        _problem(entity.name, f"columns.{code}", f'"{entity.name}" has no column "{code}"')
        for code in columns
        if snake_case(code) not in known
    ]


async def _known_columns(entity: crm.Entity) -> set[str]:
    """The columns an object has, or, before it was copied, the portal's fields."""
    table = table_name(entity.name, dialect_of(get_engine()))
    async with transaction() as session:
        connection = await session.connection()
        stored = await connection.run_sync(
            lambda sync: inspect(sync).get_columns(table) if inspect(sync).has_table(table) else []
        )
    config = (await configurations()).get(entity.name)
    left_out = policy.parsed(config.columns) if config is not None else {}
    if stored:
        return {column["name"] for column in stored} | set(left_out)
    try:
        described = await extract.describe(portal_client(), entity)
    except BitrixError as error:
        raise explain_portal_error(error, host=portal_host(), scope=entity.scope) from error
    return {snake_case(field.code) for field in described.fields}


def _problem(name: str, field: str, problem: str) -> dict[str, str]:
    where = ".".join(filter(None, ("entities", name, field)))
    return {"field": where, "problem": problem.rstrip(".")}
