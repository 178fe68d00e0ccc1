"""Peak memory of a whole sync process, for a small and for a large number of rows."""

import re
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import DEVNULL, PIPE

from sqlalchemy.engine import URL
from tests import services

from bench.portal_process import portal_process

GOAL_MB = 200
FLAT = 1.15
PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)

# The run reports its own peak: nobody else can read it once the process has ended.
SYNC = """
import sys
from pathlib import Path
from bridge24.cli import main
try:
    main()
finally:
    sys.stderr.write(Path("/proc/self/status").read_text())
"""


async def measure(quick: bool) -> list[dict[str, object]]:  # noqa: FBT001
    """Copy a tenth and then all of the rows; the peak must not follow their number."""
    rows = 100_000 if quick else 1_000_000
    with services.postgresql() as server:
        # A tenth of the quick size would end before the walk has all its calls under way.
        few_rows = max(rows // 10, 50_000)
        few = await _peak_of(server, few_rows)
        many = await _peak_of(server, rows)
    return [
        {
            "name": f"memory, {rows:,} deals",
            "figure": round(many),
            "unit": "MB",
            "baseline": GOAL_MB,
            "ratio": round(many / GOAL_MB, 3),
            "goal": "<= 1",
            "holds": many <= GOAL_MB,
        },
        {
            "name": f"memory, {rows:,} against {few_rows:,} deals",
            "figure": round(many),
            "unit": "MB",
            "baseline": round(few),
            "ratio": round(many / few, 3),
            "goal": f"<= {FLAT}",
            "holds": many <= FLAT * few,
        },
    ]


async def _peak_of(server: URL, deals: int) -> float:
    with services.fresh_database(server) as url:
        async with portal_process(deals) as webhook:
            return await _peak_of_sync(url.render_as_string(hide_password=False), webhook)


async def _peak_of_sync(database: str, webhook: str) -> float:
    process = await create_subprocess_exec(
        *(sys.executable, "-c", SYNC, "sync", "run", "deal"),
        env={"DATABASE_URL": database, "BITRIX_WEBHOOK_URL": webhook, "BITRIX_ENTERPRISE": "true"},
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
    )
    _, said = await process.communicate()
    found = PEAK.search(said.decode())
    if process.returncode or not found:
        raise RuntimeError(f"the sync failed: {said.decode()}")
    return int(found[1]) / 1024
