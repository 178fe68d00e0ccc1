"""fast-bitrix24 on the emulator, with the loop's virtual time for a clock."""

import asyncio
import logging
import warnings
from typing import Any

from bridge24.emulator.virtual_time import virtual_clock

LONGEST_SECONDS = 6 * 3600
"""Of virtual time; whoever needs more is taken for dead."""


async def fast_bitrix24_rows(webhook: str) -> list[int]:
    """The ids ``get_all`` finds among full deals."""
    with virtual_clock(asyncio.get_running_loop()):
        from fast_bitrix24 import BitrixAsync

        logging.getLogger("fast_bitrix24").setLevel(logging.CRITICAL)
        warnings.simplefilter("ignore")
        # After a failure it leaves its other requests behind; their end is no news.
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        bitrix = BitrixAsync(webhook, verbose=False)
        async with asyncio.timeout(LONGEST_SECONDS):
            rows: list[dict[str, Any]] = await bitrix.get_all(
                "crm.deal.list", {"select": ["*", "UF_*"]}
            )
    return [int(row["ID"]) for row in rows]
