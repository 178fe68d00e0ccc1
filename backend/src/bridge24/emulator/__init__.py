"""A Bitrix24 portal you can run: the REST protocol over made-up companies.

async with Emulator([PortalSpec(name="acme", deals=20_000)], seed=7) as emulator:
    url = emulator.webhook_url("acme")
"""

from bridge24.emulator.clock import Clock
from bridge24.emulator.envelope import Wire
from bridge24.emulator.faults import Fault, Kind
from bridge24.emulator.portal import Change, Portal, PortalSpec
from bridge24.emulator.server import Emulator

__all__ = ["Change", "Clock", "Emulator", "Fault", "Kind", "Portal", "PortalSpec", "Wire"]
