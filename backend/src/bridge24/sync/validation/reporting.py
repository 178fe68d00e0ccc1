"""Comparisons, and the report on the columns of one object's table, as the API gives them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import crm
from bridge24.core.db import dialect_of, get_engine
from bridge24.sync.errors import NeverCopied
from bridge24.sync.fields import table_name
from bridge24.sync.policy import policy_of
from bridge24.sync.queries import state_of, stored_count
from bridge24.sync.validation import queries
from bridge24.sync.validation.columns import report
from bridge24.sync.validation.models import SyncValidation
from bridge24.sync.validation.schemas import ColumnOut, ColumnsOut, TopValueOut, ValidationOut
from bridge24.sync.validation.stored_layout import stored_layout


async def shown(
    session: AsyncSession, validations: Sequence[SyncValidation]
) -> list[ValidationOut]:
    """Show comparisons, each with what is left to repair."""
    unrepaired = await queries.unrepaired(session, [each.id for each in validations])
    told: list[dict[str, Any]] = [
        {name: getattr(each, name) for name in ValidationOut.model_fields if name != "unrepaired"}
        | {
            "unrepaired": unrepaired.get(each.id, 0),
            "error_facts": orjson.loads(each.error_facts or "{}"),
        }
        for each in validations
    ]
    return [ValidationOut.model_validate(each) for each in told]


async def columns(session: AsyncSession, entity: crm.Entity) -> ColumnsOut:
    """Report what every column of a table holds.

    Raises:
        NeverCopied: There is no full copy yet.
    """
    state = await state_of(session, entity.name)
    if state.last_full_at is None:
        raise NeverCopied(entity=entity.name)
    table = table_name(entity.name, dialect_of(get_engine()))
    layout = await stored_layout(session, table)
    rows = await stored_count(session, table)
    policy = await policy_of(session, entity.name)
    told = await report(session, layout, policy, rows=rows)
    shown = [
        ColumnOut(
            **{
                **asdict(each),
                "top": [TopValueOut(value=value, rows=number) for value, number in each.top],
            }
        )
        for each in told.columns
    ]
    return ColumnsOut(
        entity=entity.name, table=table, rows=rows, looked_at=told.looked_at, columns=shown
    )
