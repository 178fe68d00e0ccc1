"""Serve the demonstration's model: ``python -m bridge24.canned --port 8026``."""

import argparse
import asyncio
import sys

from bridge24.canned.demo import RULES
from bridge24.canned.server import CannedModel


def main() -> int:
    """Run until Ctrl-C; 0 after a clean stop, 1 when the port cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m bridge24.canned", description=__doc__)
    parser.add_argument("--port", type=int, default=8026, help="0 takes any free one")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(options.port))
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
    except OSError as error:
        sys.stderr.write(f"The canned model cannot start: {error}\n")
        return 1
    return 0


async def _serve(port: int) -> None:
    async with CannedModel(RULES, port=port) as model:
        sys.stdout.write(
            f"OPENAI_BASE_URL={model.base_url}\n"
            "Its answers are written beforehand; it knows the example questions only.\n"
            "Stop with Ctrl-C.\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    raise SystemExit(main())
