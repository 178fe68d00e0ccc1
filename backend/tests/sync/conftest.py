"""A mirrored table in a real, empty database of either dialect."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bridge24.bitrix.fields import Field
from bridge24.core.clock import utc_naive
from bridge24.core.db import dialect_of, make_engine
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.load import Loaded, load
from bridge24.sync.shape import Shaped, shape
from bridge24.sync.tables import DynamicTableBuilder

ID = Field("ID", "integer", title="ID")


@dataclass
class Mirror:
    """Does with one table what the sync does: ensure, shape, widen, load."""

    engine: AsyncEngine
    layout: Layout | None = None

    @property
    def dialect(self) -> str:
        return dialect_of(self.engine)

    async def ensure(self, *fields: Field, entity: str = "deal") -> Layout:
        wanted = FieldMapper(dialect_of(self.engine)).columns(entity, [ID, *fields])
        async with self.engine.begin() as connection:
            self.layout = await DynamicTableBuilder(connection).ensure(wanted)
        return self.layout

    async def shape(self, rows: Sequence[Mapping[str, object]]) -> Shaped:
        assert self.layout is not None
        shaped = shape(rows, self.layout)
        for _ in range(5):
            if not shaped.misfits:
                break
            async with self.engine.begin() as connection:
                builder = DynamicTableBuilder(connection)
                self.layout = await builder.widen(self.layout, shaped.misfits)
            shaped = shape(rows, self.layout)
        assert not shaped.misfits
        return shaped

    async def load(self, shaped: Shaped) -> Loaded:
        assert self.layout is not None
        async with self.engine.begin() as connection:
            return await load(connection, self.layout, shaped, read_at=utc_naive())

    async def store(self, *rows: Mapping[str, object]) -> Loaded:
        shaped = await self.shape(rows)
        loaded = await self.load(shaped)
        loaded.rejected = [*shaped.rejected, *loaded.rejected]
        return loaded

    async def run(self, statement: str) -> None:
        async with self.engine.begin() as connection:
            await connection.exec_driver_sql(statement)

    async def query(self, statement: str) -> list[dict[str, object]]:
        async with self.engine.connect() as connection:
            found = await connection.execute(text(statement))
            return [dict(row) for row in found.mappings()]

    async def rows(self, table: str = "crm_deals") -> dict[object, dict[str, object]]:
        """All rows by their id."""
        found = await self.query(f"SELECT * FROM {table}")
        return {row["id"]: row for row in found}

    async def value(self, column: str, row_id: int = 1) -> object:
        return (await self.rows())[row_id][column]

    def type_of(self, column: str) -> str:
        assert self.layout is not None
        return next(c.type.name for c in self.layout.columns if c.name == column)


@pytest.fixture
async def mirror(database: str) -> AsyncIterator[Mirror]:
    """An empty database to mirror into."""
    engine = make_engine(database)
    yield Mirror(engine)
    await engine.dispose()
