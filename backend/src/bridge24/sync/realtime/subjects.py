"""Pure: which object of ours an event is about, and what is to be done about it.

Events and what they tell: https://apidocs.bitrix24.com/api-reference/crm/events/index.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge24.bitrix import crm
from bridge24.bitrix.events import Event
from bridge24.sync.registry import REGISTRY, Strategy

ACTIONS = ("ADD", "UPDATE", "DELETE")
FIELD_ACTIONS = (*ACTIONS, "SETENUMVALUES")
SMART_INVOICE_TYPE = 31

_ITEM = re.compile(r"ONCRMDYNAMICITEM(?:ADD|UPDATE|DELETE)(?:_([0-9]{1,9}))?")
_FIELD = re.compile(rf"ONCRM[A-Z]+USERFIELD(?:{'|'.join(FIELD_ACTIONS)})")
_ID = re.compile(r"[0-9]{1,18}")
_WORD = re.compile(r"[A-Za-z0-9_]{1,60}")


class Kind(StrEnum):
    """What is to be done about an event."""

    ROW = "row"
    """Read the record's present state."""
    FIELDS = "fields"
    """Bring the columns up to date; ``entity`` is the portal's word (``CRM_DEAL``)."""
    TYPES = "types"
    """Look which smart processes there are."""
    READ_AGAIN = "read_again"
    """Read what changed in the object: the event does not name the row."""
    OFFLINE = "offline"
    """Fetch the waiting offline events."""
    APPLICATION = "application"
    """The life of our own application."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about."""

    kind: Kind
    entity: str = ""
    object_id: str = ""


_SKIPPED = ("ONCRMDYNAMICITEM", "ONCRMTYPE")
_FURTHER_ROWS = {"ONCRMDEALMOVETOCATEGORY": "deal", "ONUSERADD": "user"}
_FURTHER_LISTS = {
    "ONVOXIMPLANTCALLEND": "call",
    "ONCRMADDRESSREGISTER": "address",
    "ONCRMADDRESSUNREGISTER": "address",
    **{f"ONCRMCURRENCY{action}": "currency" for action in ACTIONS},
}


def _events_of(*, by_row: bool) -> Mapping[str, str]:
    """The events of objects that are read row by row, or of the others, and their objects."""
    return {
        f"{line.entity.event_prefix}{action}": line.name
        for line in REGISTRY.values()
        if line.entity.event_prefix
        and line.entity.event_prefix not in _SKIPPED
        and (line.strategy is Strategy.KEYSET) is by_row
        for action in ACTIONS
    }


_COMMENTS = {
    f"{crm.TIMELINE_COMMENT.event_prefix}{action}": crm.TIMELINE_COMMENT.name for action in ACTIONS
}
_ROWS = {**_events_of(by_row=True), **_COMMENTS, **_FURTHER_ROWS}
_WHOLE = {**_events_of(by_row=False), **_FURTHER_LISTS}
"""Events that do not name a row which could be read by itself."""
_TYPES = frozenset(f"ONCRMTYPE{action}" for action in ACTIONS)


def subject_of(event: Event) -> Subject:
    """Say what an event is about; ``Kind.NOTHING`` when we mirror nothing of it.

    >>> from bridge24.bitrix.events import event_of
    >>> subject_of(event_of("event=ONCRMDEALUPDATE&data[FIELDS][ID]=7405")).object_id
    '7405'
    """
    name = event.name
    if name == "ONOFFLINEEVENT":
        return Subject(Kind.OFFLINE)
    if name.startswith("ONAPP"):
        return Subject(Kind.APPLICATION)
    if name in _WHOLE:
        return Subject(Kind.READ_AGAIN, _WHOLE[name])
    if name in _TYPES:
        return Subject(Kind.TYPES)
    if _FIELD.fullmatch(name):
        return _of_fields(event)
    return _of_row(event)


def _of_row(event: Event) -> Subject:
    told_id = event.object_id or ""
    entity = _ROWS.get(event.name) or _item_entity(event)
    if not entity or not _ID.fullmatch(told_id) or int(told_id) == 0:
        return Subject(Kind.NOTHING)
    return Subject(Kind.ROW, entity, str(int(told_id)))


def _item_entity(event: Event) -> str:
    """The object of an item event; the event of a single type has the type in its name too."""
    found = _ITEM.fullmatch(event.name)
    if found is None:
        return ""
    type_id = event.entity_type_id or int(found[1] or 0)
    if type_id == SMART_INVOICE_TYPE:
        return crm.SMART_INVOICE.name
    return f"dynamic_{type_id}" if 0 < type_id < 1_000_000_000 else ""


def _of_fields(event: Event) -> Subject:
    fields = event.data.get("FIELDS")
    told = fields.get("ENTITY_ID") if isinstance(fields, dict) else None
    if not isinstance(told, str) or not _WORD.fullmatch(told):
        return Subject(Kind.NOTHING)
    return Subject(Kind.FIELDS, told.upper())


def webhook_events() -> list[str]:
    """List the events to tick in the portal's form for outgoing webhooks, in its order.

    https://apidocs.bitrix24.com/api-reference/events/index.html
    """
    owners = ("LEAD", "DEAL", "CONTACT", "COMPANY", "QUOTE", "REQUISITE", "TYPE")
    rows = [name for name in (*_ROWS, *_WHOLE) if name not in _FURTHER_ROWS and "." not in name]
    items = [f"ONCRMDYNAMICITEM{action}" for action in ACTIONS]
    fields = [f"ONCRM{owner}USERFIELD{action}" for owner in owners for action in FIELD_ACTIONS]
    return [*rows, *items, *sorted(_TYPES), *fields]


def application_events() -> list[str]:
    """List the events our application binds: further ones are offered to applications."""
    offered = webhook_events()
    further = [name for name in (*_ROWS, *_WHOLE) if name not in offered]
    return [*offered, *further, "ONOFFLINEEVENT", "ONAPPUPDATE", "ONAPPUNINSTALL"]
