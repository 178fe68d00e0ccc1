"""The processes that are killed: a server and workers, forked so that a killed one is soon back.

Imported modules are shared by all of them, so that a start takes a fork and not two seconds.
What is shorter than in earnest, so that a script takes seconds: leases, rests after failures.
"""

import asyncio
import functools
import json
import os
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

LEASE_SECONDS = 6.0
HTTP_SECONDS = 6.0
BREAKER = {"rest_seconds": 0.5, "longest_rest_seconds": 2.0}
BACKEND = Path(__file__).parents[1]


class Nursery:
    """Starts, stops and kills processes of ours by way of a process that forks them."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Start the process that forks."""
        program = "from bench.chaos_processes import fork_for_ever; fork_for_ever()"
        paths = os.pathsep.join([str(BACKEND), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program),
            stdin=PIPE,
            stdout=PIPE,
            # Away from any .env of this checkout.
            cwd=tempfile.gettempdir(),
            env={**os.environ, "PYTHONPATH": paths},
        )
        await self._answer()

    async def close(self) -> None:
        """End it and everything it has forked."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()

    async def start(self, command: str, environment: Mapping[str, str], *, log: Path) -> int:
        """Fork a process that runs a command of ours; says its id."""
        order = {"command": command, "environment": dict(environment), "log": str(log)}
        return await self._ask({"do": "start", **order})

    async def signal(self, pid: int, number: signal.Signals) -> None:
        """Send a signal to one of them; after SIGKILL it is surely gone."""
        await self._ask({"do": "signal", "pid": pid, "signal": int(number)})

    async def is_alive(self, pid: int) -> bool:
        """Whether one of them has not ended yet."""
        return bool(await self._ask({"do": "look", "pid": pid}))

    async def _ask(self, order: Mapping[str, object]) -> int:
        assert self._process is not None
        assert self._process.stdin is not None
        async with self._turn:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            return await self._answer()

    async def _answer(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        return int(await self._process.stdout.readline())


def fork_for_ever() -> None:
    """Be the process that forks: an order a line, an answer a line."""
    import bridge24.main
    import bridge24.worker  # noqa: F401

    children: set[int] = set()
    _say(0)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            pid = _forked(order)
            children.add(pid)
            _say(pid)
            continue
        pid = order["pid"]
        if order["do"] == "signal" and pid in children:
            os.kill(pid, order["signal"])
        wait = order.get("signal") == signal.SIGKILL
        if pid in children and os.waitpid(pid, 0 if wait else os.WNOHANG)[0]:
            children.discard(pid)
        _say(pid in children)
    for pid in children:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _say(number: int) -> None:
    sys.stdout.write(f"{int(number)}\n")
    sys.stdout.flush()


def _forked(order: Mapping[str, object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _become(order)
    finally:
        sys.stdout.flush()
        os._exit(0)


def _become(order: Mapping[str, object]) -> None:
    from bridge24.cli import main
    from bridge24.core.settings import get_settings

    os.environ.update(order["environment"])  # type: ignore[arg-type]
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream, target in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(target, stream)
    get_settings.cache_clear()
    _hasten()
    _skew(timedelta(seconds=float(os.environ.get("CHAOS_CLOCK", "0"))))
    sys.argv = ["bridge24", str(order["command"])]
    main()


def _hasten() -> None:
    from bridge24 import worker
    from bridge24.bitrix import Limits, transport
    from bridge24.bitrix.breaker import Breaker
    from bridge24.sync import portal

    lease = timedelta(seconds=float(os.environ["CHAOS_LEASE"]))
    worker.run_worker = functools.partial(worker.run_worker, lease=lease)  # type: ignore[assignment]
    transport.HttpTransport.__init__.__kwdefaults__["total_seconds"] = float(
        os.environ["CHAOS_HTTP"]
    )
    Breaker.__init__.__kwdefaults__.update(BREAKER)
    portal.STANDARD = Limits(capacity=5_000, leaks_per_second=500, reserve=0)


def _skew(by: timedelta) -> None:
    """Let this process's clock be wrong."""
    from bridge24.core import clock

    true = clock.utc_now
    for module in [each for name, each in sys.modules.items() if name.startswith("bridge24")]:
        if getattr(module, "utc_now", None) is true:
            module.utc_now = lambda: true() + by  # type: ignore[attr-defined]
