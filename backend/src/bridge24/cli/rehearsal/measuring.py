"""Makes the company's tables, asks a model every case, and tells what came of it."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bridge24.charts.evaluation.cases import built_in, load
from bridge24.charts.evaluation.report import as_json
from bridge24.charts.evaluation.run import Outcome, evaluate
from bridge24.cli.rehearsal.mirror import mirror
from bridge24.cli.rehearsal.portal import SPEC
from bridge24.cli.rehearsal.scratch import scratch_database
from bridge24.core.db import get_dialect
from bridge24.core.llm.accounting import Prices
from bridge24.core.llm.connected import NO_KEY
from bridge24.core.llm.provider import OpenAIModel
from bridge24.core.settings import get_settings

TODAY = datetime.fromtimestamp(SPEC.anchor, UTC).date()
"""The day it is in the made-up company."""


async def measured(
    cases: Sequence[Path] | None,
    *,
    most: int | None,
    base_url: str | None,
    model: str,
    key: str | None,
) -> dict[str, object]:
    """Ask the first ``most`` cases of the files, or of those that come with the program.

    Raises:
        BadCases, BadAnswerKey, NoScratchDatabase: What has to be mended first.
    """
    chosen = load(cases or built_in())[:most]
    settings = get_settings()
    asked = OpenAIModel(
        key=key or NO_KEY,
        base_url=base_url or settings.openai_base_url,
        model=model,
        embedding_model=settings.openai_embedding_model,
        seconds=settings.openai_timeout_seconds,
        side_by_side=1,
        prices=Prices(settings.openai_prompt_price, settings.openai_answer_price),
    )
    try:
        async with scratch_database(settings):
            sys.stderr.write("Making the company's tables …\n")
            await mirror()
            outcomes = await evaluate(asked, chosen, today=TODAY, tell=_progress)
            return as_json(outcomes, model=model, dialect=get_dialect())
    finally:
        await asked.close()


def _progress(outcome: Outcome) -> None:
    case = outcome.case
    sys.stderr.write(f"{outcome.verdict:<10} {outcome.seconds:6.2f} s  {case.question}\n")
