"""A walk over ready answers: everything a full copy does with them once they have arrived."""

import gc
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

from pydantic import SecretStr
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.bitrix import Call, chains, crm
from bridge24.bitrix.batch import outcomes, packs
from bridge24.bitrix.chains import Query
from bridge24.bitrix.checkpoint import Checkpoint, Page, Span
from bridge24.bitrix.rows import UnparsedRows
from bridge24.bitrix.walk import Chain, Range
from bridge24.bitrix.wire import Answer, reply_of
from bridge24.cli.copying import CONTAINERS_BETWEEN_COLLECTIONS
from bridge24.core.db import close_db, init_db
from bridge24.core.settings import Settings
from bridge24.core.tables import migrate
from bridge24.sync.ahead import one_ahead
from bridge24.sync.layout import Layout
from bridge24.sync.models import SyncState
from bridge24.sync.progress import RunProgress, SyncMode
from bridge24.sync.store import Store

QUERY = Query(crm.DEAL, select=None, filter={})


@asynccontextmanager
async def database(url: URL) -> AsyncIterator[None]:
    """Connect as the program does, with its tables."""
    await init_db(Settings(database_url=SecretStr(url.render_as_string(hide_password=False))))
    try:
        await migrate()
        yield
    finally:
        await close_db()


async def store(layout: Layout, answers: Sequence[bytes]) -> RunProgress:
    """Cut, check, type and store answers: one is typed while the one before is stored."""
    gc.set_threshold(CONTAINERS_BETWEEN_COLLECTIONS)
    progress = RunProgress("deal", SyncMode.FULL)

    async def relayout(unknown: frozenset[str]) -> Layout:
        raise RuntimeError(f"a benchmark row has unknown fields: {unknown}")

    opened = await Store.open(crm.DEAL, layout, progress, relayout=relayout)

    def meet(page: Page) -> None:
        opened.typist.begin(page.rows, opened.layout)

    low = 0
    async with aclosing(one_ahead(_pages(answers), meet, opened.typist.leisure)) as pages:
        async for page in pages:
            (left,) = page.checkpoint.spans
            await opened.page(page, covered=[Span(low, left.after)])
            low = left.after
    await opened.alone(_finished)
    if progress.quarantined:
        raise RuntimeError("a benchmark row does not fit its table")
    return progress


async def _finished(_session: AsyncSession, state: SyncState) -> bool:
    """The last commit of a walk waits for the disk, and brings all others there."""
    state.checkpoint = None
    return True


async def _pages(answers: Sequence[bytes]) -> AsyncGenerator[Page]:
    low = 0
    read_at = datetime.now(UTC)
    for answer in answers:
        rows = rows_of(answer, after=low)
        low += len(rows)
        yield Page(rows, Checkpoint("deal", (Span(low, None),)), read_at)


def rows_of(answer: bytes, *, after: int) -> UnparsedRows:
    """Take an answer apart as a walk does."""
    reply = reply_of(Answer(200, answer), method="batch")
    keys = list(reply.result["result"])
    (pack,) = packs([Call("crm.deal.list", key=key) for key in keys])
    told = outcomes(pack, reply, halt=True, unparsed=True).outcomes
    chain = Chain(Range(after, None, density=1.0), Span(after, None), len(keys))
    (haul,) = chains.hauls(QUERY, [chain], told)
    if haul.error:
        raise haul.error
    return haul.rows
