"""Pure: the form a portal posts to a handler → an Event.

Wire format: https://apidocs.bitrix24.com/api-reference/events/index.html
A handler's address is public: everything is checked for size and shape, and nothing
may be believed before ``is_from`` has compared the application token.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bridge24.bitrix.php import Branch, Malformed, decode

MAX_BYTES = 262_144
_NAME = re.compile(r"[A-Z0-9_.]{1,100}")
_UNDEFINED = "undefined"  # what task events write for "nothing"
_ACTION = re.compile(r"(ADD|UPDATE|DELETE)(?:_\d+)?$")


class BadEvent(ValueError):
    """The form is not an event of Bitrix24."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened to a record of a portal. Only its id comes along.

    Events may be lost, doubled or out of order, and the record may have changed
    since: read it anew.
    """

    name: str
    """In capitals: ``ONCRMDEALUPDATE``."""
    data: Mapping[str, Branch] = field(default_factory=dict)
    ts: int | None = None
    """Unix seconds of sending, not of the change."""
    domain: str = ""
    member_id: str = ""
    """Names the portal for ever, whatever its host."""
    handler_id: str = ""
    auth: Mapping[str, Branch] = field(default_factory=dict, repr=False)
    """Tokens included; never to be shown."""

    @property
    def object_id(self) -> str | None:
        """The id of the record, None when the event is about none.

        A currency has a code for an id; a deleted task's comes from before.
        """
        for part in ("FIELDS", "FIELDS_AFTER", "FIELDS_BEFORE"):
            found = _text(_map(self.data.get(part)).get("ID"))
            if found:
                return found
        return _text(self.data.get("ID")) or None

    @property
    def entity_type_id(self) -> int | None:
        """The object type of ``ONCRMDYNAMICITEM*`` and document events."""
        found = _text(_map(self.data.get("FIELDS")).get("ENTITY_TYPE_ID"))
        return int(found) if found.isdecimal() else None

    @property
    def action(self) -> str | None:
        """``ADD``, ``UPDATE`` or ``DELETE``; None for everything else."""
        found = _ACTION.search(self.name)
        return found[1] if found else None

    def is_from(self, application_token: str) -> bool:
        """Whether the sender knows the application token, compared in constant time."""
        told = _text(self.auth.get("application_token"))
        expected = application_token.encode()
        return bool(expected) and hmac.compare_digest(told.encode(), expected)


def event_of(form: bytes | str) -> Event:
    """Read a posted form.

    Raises:
        BadEvent: too large, too deep, not UTF-8, or without a name.

    >>> event = event_of("event=ONCRMDEALUPDATE&data%5BFIELDS%5D%5BID%5D=7405&ts=1766047124")
    >>> event.name, event.object_id, event.action
    ('ONCRMDEALUPDATE', '7405', 'UPDATE')
    """
    tree = _tree(form)
    name = _text(tree.get("event")).upper()
    if not _NAME.fullmatch(name):
        raise BadEvent("the form names no event")
    auth = _map(tree.get("auth"))
    ts = _text(tree.get("ts"))
    return Event(
        name=name,
        data=_map(tree.get("data")),
        ts=int(ts) if ts.isdecimal() and len(ts) <= 12 else None,
        domain=_text(auth.get("domain")).lower(),
        member_id=_text(auth.get("member_id")),
        handler_id=_text(tree.get("event_handler_id")),
        auth=auth,
    )


def _tree(form: bytes | str) -> Mapping[str, Branch]:
    if len(form) > MAX_BYTES:
        raise BadEvent("the form is too large")
    try:
        return decode(form.decode() if isinstance(form, bytes) else form)
    except UnicodeDecodeError:
        raise BadEvent("the form is not UTF-8") from None
    except Malformed as problem:
        raise BadEvent(str(problem)) from None


def _map(value: "Branch | None") -> Mapping[str, Branch]:
    """A map, also when PHP's rules have made a list of it."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {str(index): each for index, each in enumerate(value)}
    return value if isinstance(value, dict) else {}


def _text(value: "Branch | None") -> str:
    return value if isinstance(value, str) and value != _UNDEFINED else ""
