"""The methods of a portal, one module for each kind of thing."""

from bridge24.emulator.methods import (
    crm,
    dictionaries,
    events,
    history,
    items,
    people,
    portal,
    userfields,
)

__all__ = [
    "crm",
    "dictionaries",
    "events",
    "history",
    "items",
    "people",
    "portal",
    "userfields",
]
