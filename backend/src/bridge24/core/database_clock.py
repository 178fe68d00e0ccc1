"""The database's clock, in SQL: the clocks of the machines that share it may differ."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, DateTime, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class database_now(FunctionElement[datetime]):  # noqa: N801  it reads like the SQL function it is
    """The present moment by the database's clock, UTC without a zone, or a while after it.

    Args:
        plus: How long after it; negative: before it.
    """

    type = DateTime()
    inherit_cache = True

    def __init__(self, plus: timedelta = timedelta(0)) -> None:
        super().__init__(literal(plus // timedelta(microseconds=1), BigInteger()))


async def database_moment(session: AsyncSession) -> datetime:
    """Ask for the present moment by the database's clock, UTC without a zone."""
    return (await session.scalars(select(database_now()))).one()


@compiles(database_now)
def _on_postgresql(element: database_now, compiler: Any, **how: Any) -> str:
    plus = compiler.process(element.clauses, **how)
    return f"(clock_timestamp() AT TIME ZONE 'UTC' + {plus} * INTERVAL '1 microsecond')"


@compiles(database_now, "mysql")
@compiles(database_now, "mariadb")
def _on_mysql(element: database_now, compiler: Any, **how: Any) -> str:
    plus = compiler.process(element.clauses, **how)
    return f"(UTC_TIMESTAMP(6) + INTERVAL {plus} MICROSECOND)"
