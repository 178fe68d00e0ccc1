"""The methods of a portal, one module for each kind of thing."""

from bridge24.emulator.methods import (
    activities,
    comments,
    crm,
    dictionaries,
    events,
    funnels,
    history,
    items,
    links,
    people,
    portal,
    productrows,
    tasks,
    trade,
    types,
    userfields,
)

__all__ = [
    "activities",
    "comments",
    "crm",
    "dictionaries",
    "events",
    "funnels",
    "history",
    "items",
    "links",
    "people",
    "portal",
    "productrows",
    "tasks",
    "trade",
    "types",
    "userfields",
]
