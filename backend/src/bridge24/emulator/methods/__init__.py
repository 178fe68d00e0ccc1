"""The methods of a portal, one module for each kind of thing."""

from bridge24.emulator.methods import crm, events

__all__ = ["crm", "events"]
