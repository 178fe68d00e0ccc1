"""The emulator as a whole: portals behind one HTTP server."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from types import TracebackType

from aiohttp import web

import bridge24.emulator.methods  # noqa: F401 - registers every method
from bridge24.emulator import oauth_endpoints
from bridge24.emulator.app import Application
from bridge24.emulator.call_log import Entry
from bridge24.emulator.clock import Clock
from bridge24.emulator.control import Control
from bridge24.emulator.envelope import Wire
from bridge24.emulator.faults import Faults
from bridge24.emulator.feed import EventFeed
from bridge24.emulator.gate import Gate
from bridge24.emulator.limits import SETTINGS, Costs, PortalLimits
from bridge24.emulator.oauth import OAuthServer, Site
from bridge24.emulator.portal import Portal, PortalSpec
from bridge24.emulator.seed import found, webhook_code


class Emulator:
    """Portals you can call; `async with` starts and stops the server.

    Args:
        portals: What portals there are; one named `acme` when omitted.
        seed: The same seed makes the same companies.
        limits: `none`, `documented` or `enterprise`.
        port: 0 for any free one.
        clock: The time of all portals; a virtual one makes costs pass at once.
        certificate: Serves HTTPS when given.
        wire: How answers are spelt.
        costs: What calls cost in `operating` seconds.
        gzip: Compresses answers for clients that accept it, as the real edge does.
        https_only: Refuses plain HTTP as a real portal does.
    """

    def __init__(
        self,
        portals: Iterable[PortalSpec] = (PortalSpec(),),
        *,
        seed: int = 7,
        limits: str = "none",
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        certificate: ssl.SSLContext | None = None,
        wire: Wire | None = None,
        costs: Costs | None = None,
        gzip: bool = False,
        https_only: bool = False,
    ) -> None:
        self.clock = clock or Clock()
        self.seed = seed
        self.oauth = OAuthServer(self.clock, seed=seed)
        self.gates: dict[str, Gate] = {}
        self.feeds: dict[str, EventFeed] = {}
        self.control = Control(self.gates, self.clock)
        self.host = host
        self.port = port
        self._certificate = certificate
        self._runner: web.AppRunner | None = None
        for spec in portals:
            self._add(found(spec, seed=seed, clock=self.clock), limits, costs or Costs())
        self.application = Application(
            self.gates, self.oauth, wire=wire or Wire(), gzip=gzip, https_only=https_only
        )

    def _add(self, portal: Portal, limits: str, costs: Costs) -> None:
        site = Site(portal.member_id, portal.host, f"https://{portal.host}/rest/")
        gate = Gate(portal, PortalLimits(SETTINGS[limits]), costs, Faults(self.seed))
        self.gates[portal.name] = gate
        self.feeds[portal.name] = EventFeed(portal, site=site, oauth=self.oauth, faults=gate.faults)

    async def __aenter__(self) -> Emulator:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Open the port and answer."""
        routes = [*self.control.routes(), *oauth_endpoints.routes(self.gates, self.oauth)]
        # What hangs on purpose is not waited for.
        self._runner = web.AppRunner(
            self.application.build(routes), access_log=None, shutdown_timeout=0.5
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, ssl_context=self._certificate)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop answering and drop what is under way."""
        self.control.close()
        for feed in self.feeds.values():
            await feed.outbound.close()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        """Where the server listens, without a slash at the end."""
        scheme = "https" if self._certificate else "http"
        return f"{scheme}://{self.host}:{self.port}"

    @property
    def calls(self) -> list[Entry]:
        """Every call received, on all portals, oldest first."""
        entries = [entry for gate in self.gates.values() for entry in gate.log]
        return sorted(entries, key=lambda entry: entry.at)

    def portal(self, name: str) -> Portal:
        """A portal, for looking into it and changing it directly."""
        return self.gates[name].portal

    def gate(self, name: str) -> Gate:
        """The limits, faults, events and log of a portal."""
        return self.gates[name]

    def webhook_url(self, name: str) -> str:
        """The administrator's inbound webhook; a secret like any other."""
        return f"{self.url}/{name}/rest/1/{webhook_code(self.seed, name)}/"
