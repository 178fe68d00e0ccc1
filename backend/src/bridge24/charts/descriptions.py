"""The description of the tables, kept with the schema it is of; a changed one wants a new one."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.charts.describe import tables_of_crm
from bridge24.charts.knowledge.context import context_for
from bridge24.charts.knowledge.description import describe
from bridge24.charts.knowledge.structure import fingerprint
from bridge24.charts.models import SchemaDescription
from bridge24.charts.prompt import describing
from bridge24.core.clock import utc_naive
from bridge24.core.db import get_dialect, get_engine, transaction
from bridge24.core.llm import LanguageModel

LANGUAGES = {"ru": "Russian", "en": "English"}
PURPOSE = "description"
BUDGET = 12_000
"""Tokens of the tables' description for the model."""
_writing: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
"""By database and language: who opens the page meanwhile waits instead of paying again."""


async def kept(language: str) -> SchemaDescription | None:
    """Find the description of the schema as it is now; None when it has changed since."""
    digest = fingerprint(await tables_of_crm())
    async with transaction() as session:
        found = await session.get(SchemaDescription, language)
    return found if found is not None and found.fingerprint == digest else None


async def without_model(language: str) -> str:
    """Describe the tables from their metadata alone."""
    return describe(await tables_of_crm(), language=language)


async def written(
    model: LanguageModel, *, language: str, model_name: str, context: str | None = None
) -> AsyncIterator[str]:
    """Have a model describe the tables, handing its words out while they are written.

    The whole is kept when it is complete; whoever leaves early keeps nothing.

    Args:
        model: Whom to ask.
        language: ``ru`` or ``en``.
        model_name: Kept with the text.
        context: What the model is told of the tables; None: everything that has room.
    """
    tables = await tables_of_crm()
    if context is None:
        context = context_for("", tables, dialect=get_dialect(), budget=BUDGET).text
    messages = describing(context, language=LANGUAGES.get(language, "English"))
    pieces: list[str] = []
    async for piece in model.stream(messages, purpose=PURPOSE):
        pieces.append(piece)
        yield piece
    async with transaction() as session:
        await keep(
            session,
            SchemaDescription(
                language=language,
                fingerprint=fingerprint(tables),
                markdown="".join(pieces),
                written_by=model_name,
                written_at=utc_naive(),
            ),
        )


async def write_once(pieces: AsyncIterator[str], language: str, *, again: bool) -> None:
    """Have a description written to its end, unless somebody else has just done so.

    Args:
        pieces: ``written(…)``, not begun.
        language: In which.
        again: Write it although there is one of this state of the schema.
    """
    async with _writing[str(get_engine().url), language]:
        if not again and await kept(language) is not None:
            return
        async for _piece in pieces:
            pass


async def keep(session: AsyncSession, description: SchemaDescription) -> None:
    """Keep a description in place of the one before in its language."""
    await session.merge(description)
