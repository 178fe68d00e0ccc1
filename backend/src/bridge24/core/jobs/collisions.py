"""Deadlocks and lock time-outs: nobody's fault, and over when the transaction is repeated."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from bridge24.core.errors import DatabaseError

ATTEMPTS = 8
FIRST_SECONDS = 0.02
# https://dev.mysql.com/doc/refman/8.4/en/innodb-error-handling.html
MYSQL_COLLISIONS = {1205, 1213}
# https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
POSTGRESQL_COLLISIONS = {"40001", "40P01", "55P03"}

T = TypeVar("T")

log = structlog.get_logger(__name__)


def is_collision(error: BaseException) -> bool:
    """Say whether the database broke off a transaction in favour of another one."""
    cause: BaseException | None = error
    if isinstance(cause, DatabaseError):
        cause = cause.__cause__
    if isinstance(cause, DBAPIError):
        cause = cause.orig
    if cause is None:
        return False
    number = cause.args[0] if cause.args else None
    return number in MYSQL_COLLISIONS or getattr(cause, "sqlstate", None) in POSTGRESQL_COLLISIONS


async def persist(work: Callable[[], Awaitable[T]]) -> T:
    """Do the work, a whole transaction, again when it collided with another one."""
    dice = random.Random()
    for attempt in range(1, ATTEMPTS):
        try:
            return await work()
        except DatabaseError as error:
            if not is_collision(error):
                raise
            log.debug("jobs.collided", attempt=attempt)
            await asyncio.sleep(FIRST_SECONDS * 2**attempt * dice.random())
    return await work()
