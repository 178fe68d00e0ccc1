"""Keeps which column was made for which field, so that no name changes hands."""

from collections.abc import Sequence

from sqlalchemy import select

from bridge24.bitrix.fields import Field
from bridge24.core.db import get_dialect, transaction
from bridge24.sync import queries
from bridge24.sync.fields import FieldMapper, table_name
from bridge24.sync.layout import Layout
from bridge24.sync.models import SyncColumn


async def laid_out(entity: str, fields: Sequence[Field]) -> Layout:
    """Lay out an object's table with the names its columns have, and keep the new ones.

    Two codes may fold to one name: ``UF_A`` and ``ufA``. Whoever came first has it for good,
    whatever order the portal lists them in later.
    """
    mapper = FieldMapper(get_dialect())
    table = table_name(entity, get_dialect())
    async with transaction() as session:
        await queries.locked_state(session, entity)
        rows = await session.scalars(select(SyncColumn).where(SyncColumn.table_name == table))
        given = {row.code: row.column_name for row in rows}
        named = mapper.names(fields, given=given)
        session.add_all(
            SyncColumn(table_name=table, column_name=name, code=code)
            for code, name in named.items()
            if code not in given
        )
    return mapper.columns(entity, fields, named=named)
