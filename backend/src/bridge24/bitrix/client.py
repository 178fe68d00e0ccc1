"""BitrixClient: sign, wait for room, send, read, try again."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from bridge24.bitrix import batch, pages, retry
from bridge24.bitrix.auth import Auth
from bridge24.bitrix.batch import MAX_COMMANDS, BatchReply, Outcome, Pack, Skipped
from bridge24.bitrix.checkpoint import Checkpoint
from bridge24.bitrix.entity import Entity
from bridge24.bitrix.errors import (
    BitrixError,
    CircuitOpen,
    OperationTimeLimit,
    QueryLimitExceeded,
)
from bridge24.bitrix.exchange import Exchange, OnRenamed
from bridge24.bitrix.hosts import is_bitrix24
from bridge24.bitrix.routes import HostPolicy
from bridge24.bitrix.throttle import STANDARD, Limits, PortalLimits
from bridge24.bitrix.transport import HttpTransport, Transport
from bridge24.bitrix.wire import Call, Params, Reply


class BitrixClient:
    """Calls the REST API of one portal, within its limits.

    Args:
        auth: A ``Webhook`` or ``OAuth``.
        limits: What the portal's plan allows; clients that say the same share
            one count. Or limits that are shared by hand.
        host_policy: Says whether a portal that was renamed may live at a host.
            The configured host is always allowed.
        on_renamed: Called with the new host, so that it can be kept.
        transport: Carries the requests; closed by whoever made it.
        attempts: How often in all a call that fails is made; few when a person waits.

    One client serves any number of tasks of one event loop at a time.
    """

    def __init__(
        self,
        auth: Auth,
        *,
        limits: Limits | PortalLimits = STANDARD,
        host_policy: HostPolicy = is_bitrix24,
        on_renamed: OnRenamed | None = None,
        transport: Transport | None = None,
        attempts: int = retry.ATTEMPTS,
    ) -> None:
        self._attempts = attempts
        self._own_transport: Transport | None = None
        if transport is None:
            transport = self._own_transport = HttpTransport()
        self._exchange = Exchange(
            auth,
            limits=limits,
            host_policy=host_policy,
            on_renamed=on_renamed,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections this client opened itself."""
        if self._own_transport is not None:
            await self._own_transport.close()

    async def limits(self) -> PortalLimits:
        """The limits of the portal, shared with its other clients in this process."""
        return await self._exchange.limits()

    async def call(self, method: str, params: Params | None = None) -> Reply:
        """Call one method and wait for its answer.

        Waits for room in the portal's limits. Limits, failures of the portal
        and broken connections are retried; a write only when it surely was not
        executed.

        Raises:
            BitrixError: the call failed for good.
        """
        call = Call(method, params if params is not None else {})
        reply = await self._persist(call, spends={method: 1}, is_read=call.is_read)
        limits = await self.limits()
        limits.operating.observe(method, reply.time, _now())
        return reply

    async def batch(
        self, calls: Sequence[Call], *, halt: bool = False, unparsed: bool = False
    ) -> list[Outcome]:
        """Make any number of calls, fifty in one request.

        Nothing is raised for a call that failed: each call has exactly one
        outcome, in the order given. When a whole request fails, each of its
        calls has that error. Reads refused for a limit are made again.

        Args:
            calls: May refer to earlier results of the same fifty (``reference``).
            halt: Stop at the first error; the rest is ``Skipped``.
            unparsed: Leave results as the JSON they came in (``msgspec.Raw``).

        Raises:
            ValueError: a reference that can never be resolved.
        """
        told: list[Outcome] = []
        for pack in list(batch.packs(calls)):
            if halt and any(not isinstance(outcome, Reply) for outcome in told):
                told += [Skipped(call.method) for call in pack.calls]
                continue
            told += await self._pack_outcomes(pack, halt=halt, unparsed=unparsed)
        return told

    async def batch_once(
        self, calls: Sequence[Call], *, halt: bool = False, unparsed: bool = False
    ) -> BatchReply:
        """Make up to fifty calls in one HTTP request and say what it took.

        Commands refused inside the batch are reported, not repeated. ``unparsed`` leaves
        the results as the JSON they came in (``msgspec.Raw``).

        Raises:
            BitrixError: the request as a whole failed for good.
            ValueError: more than fifty calls, or an impossible reference.
        """
        parts = list(batch.packs(calls))
        if len(parts) > 1:
            raise ValueError("a batch holds at most fifty calls")
        if not parts:
            return BatchReply(outcomes=[], time=Reply(None).time)
        return await self._send_pack(parts[0], halt=halt, unparsed=unparsed)

    def records(
        self,
        entity: Entity,
        *,
        select: Sequence[str] | None = None,
        filter: Mapping[str, object] | None = None,  # noqa: A002 - Bitrix24's own word
        resume: Checkpoint | None = None,
        pages_per_call: int = MAX_COMMANDS,
        walks_beside: int = 0,
    ) -> pages.Walk:
        """Walk a whole list page by page, in bounded memory: ``async for page in …``."""
        return pages.Walk(
            self,
            entity,
            select=select,
            filter=filter,
            resume=resume,
            pages_per_call=pages_per_call,
            walks_beside=walks_beside,
        )

    async def _pack_outcomes(self, pack: Pack, *, halt: bool, unparsed: bool) -> list[Outcome]:
        try:
            told = (await self._send_pack(pack, halt=halt, unparsed=unparsed)).outcomes
        except BitrixError as error:
            return [error] * len(pack.calls)
        return told if halt else await self._repeat_refused(pack, told, unparsed=unparsed)

    async def _repeat_refused(
        self, pack: Pack, told: list[Outcome], *, unparsed: bool
    ) -> list[Outcome]:
        for _ in range(self._attempts - 1):
            again = [n for n, outcome in enumerate(told) if _was_refused(pack.calls[n], outcome)]
            if not again:
                break
            part = Pack(
                keys=tuple(pack.keys[n] for n in again), calls=tuple(pack.calls[n] for n in again)
            )
            try:
                fresh = (await self._send_pack(part, halt=False, unparsed=unparsed)).outcomes
            except BitrixError:
                break  # what is told stays told
            for n, outcome in zip(again, fresh, strict=True):
                told[n] = outcome
        return told

    async def _send_pack(self, pack: Pack, *, halt: bool, unparsed: bool = False) -> BatchReply:
        call = Call("batch", pack.params(halt=halt))
        spends = Counter(inner.method for inner in pack.calls)
        began = _now()
        reply = await self._persist(call, spends=spends, is_read=pack.is_read)
        told = batch.outcomes(pack, reply, halt=halt, unparsed=unparsed)
        await self._learn(pack, told)
        return BatchReply(told.outcomes, time=told.time, elapsed_seconds=_now() - began)

    async def _learn(self, pack: Pack, told: BatchReply) -> None:
        operating = (await self.limits()).operating
        for call, outcome in zip(pack.calls, told.outcomes, strict=True):
            if isinstance(outcome, Reply):
                operating.observe(call.method, outcome.time, _now())
            if isinstance(outcome, OperationTimeLimit):
                operating.block(call.method, _now())
                outcome.retry_after = operating.reset_in(call.method, _now())

    async def _persist(self, call: Call, *, spends: Mapping[str, int], is_read: bool) -> Reply:
        cause: BitrixError | None = None
        for attempt in itertools.count(1):
            outcome = await self._attempt(call, spends=spends)
            if isinstance(outcome, Reply):
                return outcome
            if isinstance(outcome, CircuitOpen) and cause is not None:
                break  # what opened the circuit says more
            cause = outcome
            seconds = retry.pause(
                outcome, attempt=attempt, is_read=is_read, attempts=self._attempts
            )
            if seconds is None:
                break
            await asyncio.sleep(seconds)
        raise cause or AssertionError("a call ends in a reply or an error")

    async def _attempt(self, call: Call, *, spends: Mapping[str, int]) -> Reply | BitrixError:
        try:
            return await self._exchange.attempt(call, spends=spends)
        except BitrixError as error:
            return error


def _was_refused(call: Call, outcome: Outcome) -> bool:
    """Whether a read met a limit and can be asked again by itself."""
    is_limit = isinstance(outcome, OperationTimeLimit | QueryLimitExceeded)
    return is_limit and call.is_read and not batch.refers(call)


def _now() -> float:
    return asyncio.get_running_loop().time()
