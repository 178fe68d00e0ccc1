"""From a change on a portal to the events that tell of it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from bridge24.emulator.calls import Json, words
from bridge24.emulator.faults import Fault, Faults
from bridge24.emulator.oauth import OAuthServer, Site
from bridge24.emulator.outbound import Outbound
from bridge24.emulator.subscriptions import Subscriptions

if TYPE_CHECKING:
    from bridge24.emulator.journal import Change
    from bridge24.emulator.portal import Portal

_ENDINGS = {
    "add": "ADD",
    "update": "UPDATE",
    "delete": "DELETE",
    "set_enum_values": "SETENUMVALUES",
    "move_to_category": "UPDATE",
}
_OWN_EVENTS = frozenset(
    words("lead deal contact company quote activity requisite type timelinecomment")
)
_OWN_FIELD_EVENTS = frozenset(
    {"CRM_LEAD", "CRM_DEAL", "CRM_CONTACT", "CRM_COMPANY", "CRM_QUOTE", "CRM_REQUISITE"}
)
_NONE = "undefined"
"""What task events say where there is nothing."""

Event = tuple[str, dict[str, Json]]


class EventFeed:
    """The events of one portal: it listens to the changes and tells the handlers.

    It also lends the faults a hand on the portal: rights can be withdrawn.
    """

    def __init__(self, portal: Portal, *, site: Site, oauth: OAuthServer, faults: Faults) -> None:
        self.portal = portal
        self.site = site
        self.oauth = oauth
        self.subscriptions = Subscriptions(portal.seed)
        self.outbound = Outbound(
            site,
            subscriptions=self.subscriptions,
            oauth=oauth,
            faults=faults,
            clock=portal.clock,
        )
        faults.withdraw = self._withdraw
        portal.listeners.append(self)

    def __call__(self, change: Change) -> None:
        """Queue the events of a change."""
        for event, told in events_of(change):
            self.outbound.publish(event, told, user_id=change.user_id or None)

    def settle(self, url: str) -> None:
        """Name the address the emulator listens at in tokens and events.

        Args:
            url: The server's own, without a slash at the end.
        """
        self.site.client_endpoint = f"{url}/{self.portal.name}/rest/"
        self.oauth.endpoint = f"{url}/oauth/rest/"
        self.oauth.host = url.partition("://")[2]

    def _withdraw(self, fault: Fault) -> None:
        """Hide a share of the rows of every table, the same ones for a seed."""
        dice = random.Random(f"withdrawn:{self.portal.seed}")
        for name, table in self.portal.tables.items():
            ids = list(table.store.ids())
            self.portal.hide(name, sorted(dice.sample(ids, round(len(ids) * fault.share))))


def feed_of(portal: Portal) -> EventFeed:
    """The feed that listens to a portal.

    Raises:
        LookupError: Nobody has attached one.
    """
    for listener in portal.listeners:
        if isinstance(listener, EventFeed):
            return listener
    raise LookupError(f"portal {portal.name} has no event feed")


def events_of(change: Change) -> list[Event]:
    """Name the events of a change and what they tell.

    https://apidocs.bitrix24.com/api-reference/crm/events/index.html. A deal that
    moves to another funnel fires ONCRMDEALMOVETOCATEGORY and nothing else.
    """
    if change.entity == "task":
        return [_task_event(change)]
    if change.entity == "userfield":
        return _field_events(change)
    if change.entity == "deal" and _changed_funnel(change):
        return [_move_event(change)]
    ending = _ENDINGS[change.kind]
    if change.entity in _OWN_EVENTS:
        named: dict[str, Json] = {"ID": change.id}
        # Unlike all others, a comment is named without `FIELDS`.
        told = named if change.entity == "timelinecomment" else {"FIELDS": named}
        return [(f"ONCRM{change.entity.upper()}{ending}", told)]
    if change.entity == "invoice" or change.entity.startswith("dynamic_"):
        fields = {"ID": change.id, "ENTITY_TYPE_ID": change.entity_type_id}
        name = f"ONCRMDYNAMICITEM{ending}"
        return [
            (name, {"FIELDS": fields}),
            (f"{name}_{change.entity_type_id}", {"FIELDS": fields}),
        ]
    return []


def _changed_funnel(change: Change) -> bool:
    """Told by the rows: a new stage of the same funnel is an ordinary update."""
    if change.before is None or change.after is None:
        return False
    return bool(change.before.get("CATEGORY_ID") != change.after.get("CATEGORY_ID"))


def _move_event(change: Change) -> Event:
    after = change.after or {}
    fields = {
        "ID": change.id,
        "CATEGORY_ID": after.get("CATEGORY_ID"),
        "STAGE_ID": after.get("STAGE_ID"),
    }
    return "ONCRMDEALMOVETOCATEGORY", {"FIELDS": fields}


def _field_events(change: Change) -> list[Event]:
    fields = change.after or change.before or {}
    entity = str(fields.get("ENTITY_ID", ""))
    if not entity.startswith("CRM_"):
        return []  # nobody tells of the fields of tasks and people
    owner = entity.removeprefix("CRM_") if entity in _OWN_FIELD_EVENTS else "TYPE"
    return [(f"ONCRM{owner}USERFIELD{_ENDINGS[change.kind]}", {"FIELDS": fields})]


def _task_event(change: Change) -> Event:
    there: Json = {"ID": change.id}
    told = {
        "FIELDS_BEFORE": _NONE if change.kind == "add" else there,
        "FIELDS_AFTER": _NONE if change.kind == "delete" else there,
        "IS_ACCESSIBLE_BEFORE": "N" if change.kind == "add" else _NONE,
        "IS_ACCESSIBLE_AFTER": "N" if change.kind == "delete" else _NONE,
    }
    return f"ONTASK{_ENDINGS[change.kind]}", told
