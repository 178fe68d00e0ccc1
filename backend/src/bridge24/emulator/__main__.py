"""Run emulated portals: ``python -m bridge24.emulator --portals 2 --deals 20000 --seed 7``."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from bridge24.emulator.clock import Clock
from bridge24.emulator.limits import SETTINGS
from bridge24.emulator.portal import PortalSpec
from bridge24.emulator.server import Emulator
from bridge24.emulator.tls import server_context

MOST_ACTIVITIES = 10_000
"""Unlike deals, activities are kept in memory, not made on demand."""

NAMES = ("acme", "borealis", "cedar", "delta", "ember", "fjord", "granit", "horizon")


def main(arguments: list[str] | None = None) -> int:
    """Run until Ctrl-C; 0 after a clean stop, 1 when the port or a file cannot be had."""
    options = _parser().parse_args(arguments)
    try:
        asyncio.run(_serve(options))
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        sys.stderr.write(f"The emulator cannot start: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bridge24.emulator", description="Bitrix24 portals you can run."
    )
    parser.add_argument("--portals", type=_count, default=1, help="how many (default 1)")
    parser.add_argument("--deals", type=_count, default=200, help="deals of each portal")
    parser.add_argument("--seed", type=int, default=7, help="the same seed, the same data")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8024, help="0 takes any free port")
    parser.add_argument("--tls", action="store_true", help="serve HTTPS with an own authority")
    parser.add_argument(
        "--ca-file",
        type=Path,
        default=Path("bridge24-emulator-ca.pem"),
        help="where --tls writes the authority's certificate",
    )
    parser.add_argument("--limits", choices=sorted(SETTINGS), default="documented")
    parser.add_argument(
        "--time",
        choices=("real", "virtual"),
        default="real",
        help="real: calls take their time; virtual: they only move the portal's clock",
    )
    parser.add_argument(
        "--office",
        type=float,
        default=0.0,
        metavar="RATE",
        help="edits a second by a busy office (default none)",
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"a number above zero is needed, not {text!r}")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number up to 65535, not {text!r}")
    return int(text)


def specs(portals: int, deals: int) -> list[PortalSpec]:
    """Describe the portals; other records come in the usual proportion to deals."""
    return [
        PortalSpec(
            name=NAMES[number] if number < len(NAMES) else f"portal{number + 1}",
            deals=deals,
            contacts=deals * 3 // 5,
            leads=deals * 3 // 4,
            companies=deals * 2 // 5,
            quotes=deals // 5,
            items=max(1, deals * 3 // 10),
            activities=min(deals * 3 // 4, MOST_ACTIVITIES),
        )
        for number in range(portals)
    ]


async def _serve(options: argparse.Namespace) -> None:
    portals = specs(options.portals, options.deals)
    certificate = None
    if options.tls:
        hosts = tuple(f"{spec.name}.localhost" for spec in portals)
        certificate = server_context(options.ca_file, hosts=hosts)
    emulator = Emulator(
        portals,
        seed=options.seed,
        limits=options.limits,
        host=options.host,
        port=options.port,
        clock=Clock(virtual=options.time == "virtual"),
        certificate=certificate,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with emulator:
        _open_offices(emulator, options.office)
        sys.stdout.write(_greeting(emulator, options))
        sys.stdout.flush()
        await stop.wait()
    sys.stdout.write("\nStopped.\n")


def _open_offices(emulator: Emulator, rate: float) -> None:
    for name in emulator.gates if rate > 0 else ():
        emulator.control.office(name).open(rate)


def _greeting(emulator: Emulator, options: argparse.Namespace) -> str:
    lines = []
    for name, gate in emulator.gates.items():
        counts = [
            f"{gate.portal.table(entity).store.count():,} {plural}"
            for entity, plural in _SHOWN.items()
        ]
        url = emulator.webhook_url(name)
        lines += [
            f"Portal {name}: {', '.join(counts)}",
            f"  webhook  {url}",
            f"  try      curl '{url}crm.deal.list?start=-1'",
        ]
    lines += [
        f"Control    {emulator.url}/_control/  (lists all it can do)",
        f"Limits     {options.limits}, {options.time} time",
    ]
    if options.tls:
        lines.append(f"Authority  {options.ca_file}  (SSL_CERT_FILE or --cacert)")
    return "\n".join([*lines, "Stop with Ctrl-C.", ""])


_SHOWN = {"deal": "deals", "contact": "contacts", "lead": "leads", "company": "companies"}

if __name__ == "__main__":
    raise SystemExit(main())
