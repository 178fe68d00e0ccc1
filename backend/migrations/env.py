"""Alembic's entry: uses the connection it is given, else DATABASE_URL."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from bridge24.charts import models as charts  # noqa: F401  the tables register themselves
from bridge24.core import schedule  # noqa: F401
from bridge24.core.db import close_db, connection, init_db
from bridge24.core.jobs import models as jobs  # noqa: F401
from bridge24.core.llm import models as llm  # noqa: F401
from bridge24.core.tables import Base
from bridge24.operators import models as operators  # noqa: F401
from bridge24.sync import models  # noqa: F401
from bridge24.sync.audit import models as audit  # noqa: F401
from bridge24.sync.realtime import models as realtime  # noqa: F401
from bridge24.sync.runs import models as runs  # noqa: F401
from bridge24.sync.validation import models as validation  # noqa: F401
from bridge24.sync.views import models as views  # noqa: F401


def run(conn: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(connection=conn, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_with_own_connection() -> None:
    """Connect as the application does, for the ``alembic`` command line."""
    await init_db()
    async with connection() as conn:
        await conn.run_sync(run)
    await close_db()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_with_own_connection())
