"""The queue server: posts events to their handlers, once, and never again."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import ClientError, ClientSession, ClientTimeout

from bridge24.emulator.calls import Json
from bridge24.emulator.clock import Clock
from bridge24.emulator.faults import Faults, Kind
from bridge24.emulator.forms import form
from bridge24.emulator.oauth import OAuthServer, Site
from bridge24.emulator.offline import OfflineQueue, texts
from bridge24.emulator.subscriptions import Handler, Subscriptions

HANDLER_SECONDS = 5.0
SLOW_SECONDS = 3.0
LONGEST_PAUSE = 60.0
HELD_SECONDS = 2.0
DELIVERIES_KEPT = 10_000
_WITH_REFRESH_TOKEN = frozenset({"ONAPPINSTALL", "ONAPPUPDATE", "ONOFFLINEEVENT"})
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Delivery:
    """What became of one event for one handler.

    Attributes:
        outcome: `delivered`, `refused` (an answer beyond 2xx), `failed` (no answer)
            or `lost` (never sent, by a fault).
        seconds: How long the handler took.
    """

    event: str
    handler: int
    url: str
    sent_at: float
    outcome: str
    status: int | None
    seconds: float
    body: str = field(repr=False)


class _Queued(NamedTuple):
    handler: Handler
    data: Mapping[str, Json]
    user_id: int | None


@dataclass
class _Lane:
    """Deliveries to one address: in order, one at a time, slower to a slow handler.

    `held` is an event that the next one will overtake; ``None`` in the queue lets it go.
    """

    waiting: asyncio.Queue[_Queued | None] = field(default_factory=asyncio.Queue)
    pause: float = 0.0
    held: _Queued | None = None
    worker: asyncio.Task[None] | None = None


class Outbound:
    """Delivers the events of one portal.

    https://apidocs.bitrix24.com/api-reference/events/index.html. There are no
    retries: an event whose handler does not answer 2xx within five seconds is lost.
    """

    def __init__(
        self,
        site: Site,
        *,
        subscriptions: Subscriptions,
        oauth: OAuthServer,
        faults: Faults,
        clock: Clock,
    ) -> None:
        self.site = site
        self.deliveries: list[Delivery] = []
        self._subscriptions = subscriptions
        self._oauth = oauth
        self._faults = faults
        self._clock = clock
        self._lanes: dict[str, _Lane] = {}
        self._offline: dict[str, OfflineQueue] = {}
        self._signalled: dict[int, float] = {}
        self._session: ClientSession | None = None

    def publish(
        self, event: str, data: Mapping[str, Json], *, user_id: int | None, connector: str = ""
    ) -> None:
        """Queue an event for everybody who wants it.

        Args:
            user_id: Who made the change; ``None`` for robots, whose events carry no tokens.
            connector: The application's own name of the change's source: its offline
                stream of that name does not echo the change.
        """
        for handler in self._subscriptions.interested(event):
            if not handler.offline:
                self._enqueue(handler, data, user_id)
            elif not connector or handler.connector != connector:
                self._put_offline(handler, data, user_id)

    def offline(self, client_id: str) -> OfflineQueue:
        """The waiting offline events of an application."""
        return self._offline.setdefault(client_id, OfflineQueue())

    async def flush(self) -> None:
        """Wait until everything queued so far has been sent."""
        for lane in list(self._lanes.values()):
            lane.waiting.put_nowait(None)
            self._start(lane)
            await lane.waiting.join()

    async def close(self) -> None:
        """Stop sending; what is still queued is lost."""
        workers = [lane.worker for lane in self._lanes.values() if lane.worker]
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._lanes.clear()
        if self._session:
            await self._session.close()
            self._session = None

    def body(self, handler: Handler, data: Mapping[str, Json], *, user_id: int | None) -> str:
        """Write a delivery, byte for byte in the order the queue server uses."""
        return form(
            {
                "event": handler.event,
                "event_handler_id": handler.number,
                "data": data,
                "ts": int(self._clock.now()),
                "auth": self._auth(handler, user_id),
            }
        )

    def _auth(self, handler: Handler, user_id: int | None) -> dict[str, Json]:
        site, server = self.site, self._oauth.endpoint
        acting = handler.user_id or user_id
        if handler.install is None or not acting:
            return {
                "domain": site.domain,
                "client_endpoint": site.client_endpoint,
                "server_endpoint": server,
                "member_id": site.member_id,
                "application_token": handler.token,
            }
        tokens = self._oauth.for_event(handler.install, acting)
        refresh = handler.event in _WITH_REFRESH_TOKEN
        return {
            "access_token": tokens["access_token"],
            "expires": tokens["expires"],
            "expires_in": tokens["expires_in"],
            "scope": tokens["scope"],
            "domain": site.domain,
            "server_endpoint": server,
            "status": tokens["status"],
            "client_endpoint": site.client_endpoint,
            "member_id": site.member_id,
            "user_id": acting,
            "refresh_token": tokens["refresh_token"] if refresh else None,
            "application_token": handler.token,
        }

    def _put_offline(self, handler: Handler, data: Mapping[str, Json], user_id: int | None) -> None:
        client_id = handler.client_id
        if client_id is None:
            return
        now = self._clock.now()
        self.offline(client_id).put(
            handler.event, texts(data), stamp=now, connector=handler.connector
        )
        for signal in self._subscriptions.interested("ONOFFLINEEVENT"):
            last = self._signalled.get(signal.number, float("-inf"))
            if signal.client_id == client_id and now - last >= signal.min_timeout:
                self._signalled[signal.number] = now
                self._enqueue(signal, {}, user_id)

    def _enqueue(self, handler: Handler, data: Mapping[str, Json], user_id: int | None) -> None:
        lane = self._lanes.get(handler.url)
        if lane is None:
            lane = self._lanes[handler.url] = _Lane()
        lane.waiting.put_nowait(_Queued(handler, data, user_id))
        self._start(lane)

    def _start(self, lane: _Lane) -> None:
        """Set the lane going; changes made before the loop runs wait for it."""
        if lane.worker is None:
            with suppress(RuntimeError):
                loop = asyncio.get_running_loop()
                lane.worker = loop.create_task(self._work(lane))

    async def _work(self, lane: _Lane) -> None:
        while True:
            try:
                async with asyncio.timeout(HELD_SECONDS if lane.held else None):
                    queued = await lane.waiting.get()
            except TimeoutError:
                await self._release(lane)
                continue
            try:
                await (self._deliver(lane, queued) if queued else self._release(lane))
            finally:
                lane.waiting.task_done()

    async def _deliver(self, lane: _Lane, queued: _Queued) -> None:
        fault = self._faults.for_event(queued.handler.event)
        kind = fault.kind if fault else None
        if kind is Kind.REORDERED and lane.held is None:
            lane.held = queued
            return
        if kind is Kind.LOST:
            self._record(queued.handler, "", outcome="lost")
            return
        await self._send(lane, queued)
        if kind is Kind.DOUBLED:
            await self._send(lane, queued)
        await self._release(lane)

    async def _release(self, lane: _Lane) -> None:
        held, lane.held = lane.held, None
        if held is not None:
            await self._send(lane, held)

    async def _send(self, lane: _Lane, queued: _Queued) -> None:
        if lane.pause:
            await asyncio.sleep(lane.pause)
        handler = queued.handler
        body = self.body(handler, queued.data, user_id=queued.user_id)
        started = asyncio.get_running_loop().time()
        status = await self._post(handler.url, body)
        seconds = asyncio.get_running_loop().time() - started
        lane.pause = _pause_after(lane.pause, seconds)
        if status is None:
            self._record(handler, body, outcome="failed", seconds=seconds)
            return
        outcome = "delivered" if 200 <= status < 300 else "refused"
        self._record(handler, body, outcome=outcome, status=status, seconds=seconds)

    async def _post(self, url: str, body: str) -> int | None:
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=HANDLER_SECONDS))
        try:
            async with self._session.post(
                url, data=body.encode(), headers=_FORM, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status
        except (ClientError, TimeoutError, OSError, ValueError):
            return None

    def _record(
        self,
        handler: Handler,
        body: str,
        *,
        outcome: str,
        status: int | None = None,
        seconds: float = 0.0,
    ) -> None:
        self.deliveries.append(
            Delivery(
                handler.event,
                handler.number,
                handler.url,
                self._clock.now(),
                outcome,
                status,
                seconds,
                body,
            )
        )
        del self.deliveries[:-DELIVERIES_KEPT]


def _pause_after(pause: float, seconds: float) -> float:
    """A slow handler is called less and less often, a quick one regains its pace."""
    if seconds > SLOW_SECONDS:
        return min(LONGEST_PAUSE, max(1.0, pause * 2))
    return pause / 2 if pause > 1 else 0.0
