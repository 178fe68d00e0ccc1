"""One attempt at one call: wait for room, sign, send, follow a rename, renew a token."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote

from bridge24.bitrix.auth import Auth, Signature
from bridge24.bitrix.errors import (
    BitrixError,
    CircuitOpen,
    ExpiredToken,
    ForbiddenRedirect,
    OperationTimeLimit,
    QueryLimitExceeded,
)
from bridge24.bitrix.routes import REDIRECTS, HostPolicy, Routes, host_of
from bridge24.bitrix.throttle import Limits, PortalLimits, limits_of
from bridge24.bitrix.transport import Transport
from bridge24.bitrix.wire import Answer, Call, Reply, Request, body_of, reply_of

OnRenamed = Callable[[str], Awaitable[None] | None]
Spends = Mapping[str, int]
_MOST_HOPS = 3


class Exchange:
    """Makes single attempts within the limits of one portal; repeats nothing."""

    def __init__(
        self,
        auth: Auth,
        *,
        limits: Limits | PortalLimits,
        host_policy: HostPolicy,
        on_renamed: OnRenamed | None,
        transport: Transport,
    ) -> None:
        self._auth = auth
        self._given = limits
        self._limits: PortalLimits | None = None
        self._routes = Routes(host_policy)
        self._on_renamed = on_renamed
        self._transport = transport

    async def limits(self) -> PortalLimits:
        """The limits of the portal, shared in this process."""
        if self._limits is None:
            self._limits = await self._shared_limits()
        return self._limits

    async def _shared_limits(self) -> PortalLimits:
        if isinstance(self._given, PortalLimits):
            return self._given
        portal = (await self._auth.sign()).base.partition("://")[2]
        return limits_of(portal, caller=self._auth.caller, limits=self._given)

    async def attempt(self, call: Call, *, spends: Spends) -> Reply:
        """Try once; an expired token is renewed and the call made again, once.

        Args:
            call: What to call.
            spends: How many calls of which methods this costs the portal.

        Raises:
            BitrixError: with every secret of the authorisation masked.
        """
        try:
            outcome = await self._signed(call, spends=spends)
        except BitrixError as error:  # from the authorisation itself
            outcome = _located(error, method=call.method, status=error.status)
        if isinstance(outcome, BitrixError):
            raise outcome.hide(*self._auth.secrets())
        return outcome

    async def _signed(self, call: Call, *, spends: Spends) -> Reply | BitrixError:
        signature = await self._sign()
        outcome = await self._travel(call, signature=signature, spends=spends)
        if not isinstance(outcome, ExpiredToken):
            return outcome
        if not await self._auth.renew(signature.token, send=self._transport.send):
            return outcome
        return await self._travel(call, signature=await self._sign(), spends=spends)

    async def _sign(self) -> Signature:
        signature = await self._auth.sign()
        base = self._routes.current(signature.base)
        return Signature(base=base, path=signature.path, token=signature.token)

    async def _travel(
        self, call: Call, *, signature: Signature, spends: Spends
    ) -> Reply | BitrixError:
        """Send, and send again to the new host when the portal was renamed."""
        base = signature.base
        for _ in range(_MOST_HOPS + 1):
            request = _request(call, base=base, signature=signature)
            outcome = await self._pass(request, method=call.method, spends=spends)
            if isinstance(outcome, BitrixError):
                return outcome
            if isinstance(outcome, Reply):
                await self._settle(signature.base, base)
                return outcome
            try:
                base = self._routes.follow(base, location=outcome.location)
            except ForbiddenRedirect as error:
                return _located(error, method=call.method, status=outcome.status)
        return ForbiddenRedirect("the portal redirects in circles", method=call.method)

    async def _settle(self, old: str, new: str) -> None:
        if old == new or not self._routes.move(old, new) or self._on_renamed is None:
            return
        try:
            told = self._on_renamed(host_of(new))
            if inspect.isawaitable(told):
                await told
        except Exception as problem:
            # The call has succeeded; its answer must not be lost to a hook.
            facts = {"message": "on_renamed failed", "exception": problem}
            asyncio.get_running_loop().call_exception_handler(facts)

    async def _pass(
        self, request: Request, *, method: str, spends: Spends
    ) -> Answer | Reply | BitrixError:
        """Send once there is room, and let the limits learn from the answer."""
        limits = await self.limits()
        await _budget(limits, spends)
        claims = limits.operating.depart(spends)
        try:
            await _place(limits)
            return await self._guarded(request, method=method, limits=limits)
        finally:
            limits.operating.arrive(claims)

    async def _guarded(
        self, request: Request, *, method: str, limits: PortalLimits
    ) -> Answer | Reply | BitrixError:
        """Send if the breaker admits it; whatever happens, the breaker is told."""
        rest_seconds = limits.breaker.admit(_now())
        if rest_seconds:
            return CircuitOpen("the portal keeps failing", method=method, retry_after=rest_seconds)
        try:
            outcome = await self._post(request, method=method)
        except BaseException:
            limits.breaker.abandoned()
            raise
        _learn(limits, outcome, method=method)
        return outcome

    async def _post(self, request: Request, *, method: str) -> Answer | Reply | BitrixError:
        try:
            answer = await self._transport.send(request)
            if answer.status in REDIRECTS:
                return answer
            return reply_of(answer, method=method)
        except BitrixError as error:
            return _located(error, method=method, status=error.status)


def _request(call: Call, *, base: str, signature: Signature) -> Request:
    url = f"{base}{signature.path}/{quote(call.method, safe='.')}"
    return Request(url=url, body=body_of(call.params, token=signature.token))


def _located(error: BitrixError, *, method: str, status: int | None) -> BitrixError:
    error.method = error.method or method
    error.status = status
    return error


async def _budget(limits: PortalLimits, spends: Spends) -> None:
    """Wait until every method concerned has seconds left; others pass by meanwhile."""
    while True:
        seconds = limits.operating.wait(spends, _now())
        if not seconds:
            return
        await asyncio.sleep(seconds)


async def _place(limits: PortalLimits) -> None:
    """Wait for a place in the bucket."""
    bucket = limits.bucket
    while True:
        ticket = bucket.reserve(_now())
        try:
            await asyncio.sleep(ticket.wait_seconds)
        except asyncio.CancelledError:
            bucket.give_back(ticket, _now())
            raise
        if ticket.epoch == bucket.epoch:
            return


def _learn(limits: PortalLimits, outcome: Answer | Reply | BitrixError, *, method: str) -> None:
    now = _now()
    if isinstance(outcome, QueryLimitExceeded):
        limits.bucket.overflowed(now)
    if isinstance(outcome, OperationTimeLimit):
        limits.operating.block(method, now)
        outcome.retry_after = limits.operating.reset_in(method, now)
    if isinstance(outcome, BitrixError) and _is_failure(outcome):
        limits.breaker.failed(now)
        return
    limits.breaker.succeeded()


def _is_failure(error: BitrixError) -> bool:
    """Whether the portal is in trouble; a limit means that it is well and says no."""
    return error.retryable and not isinstance(error, QueryLimitExceeded | OperationTimeLimit)


def _now() -> float:
    return asyncio.get_running_loop().time()
