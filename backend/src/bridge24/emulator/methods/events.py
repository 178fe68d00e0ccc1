"""Events for applications: `events`, `event.*` and the offline queue.

Webhooks are refused: https://apidocs.bitrix24.com/api-reference/events/index.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime

from bridge24.emulator.calls import (
    WRITE,
    Answer,
    Call,
    Json,
    RestError,
    Work,
    as_list,
    as_map,
    method,
    missing,
    no_application,
)
from bridge24.emulator.event_names import EVENTS, of_types
from bridge24.emulator.feed import feed_of
from bridge24.emulator.oauth import Install
from bridge24.emulator.offline import OfflineQueue, OfflineRow

PAGE = 50
_CONDITION = re.compile(r"(?P<sign>!=|>=|<=|[!<>=@]?)(?P<field>\w+)")
_SIGNS: dict[str, Callable[[Json, Json], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "!": operator.ne,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def _denied(what: str) -> RestError:
    return RestError(403, "ACCESS_DENIED", f"Access denied! {what}".strip())


def _is_admin(call: Call) -> bool:
    return call.identity.user_id == 1


def _install(call: Call) -> Install:
    client_id = call.identity.application
    found = client_id and feed_of(call.portal).oauth.installed(client_id, call.portal.member_id)
    if not found:
        raise no_application()
    return found


def _flag(value: Json) -> bool:
    return str(value).lower() not in {"", "0", "n", "false", "none"}


@method("events")
def events(call: Call) -> Answer:
    """List the events an application may bind."""
    types = [int(row["entityTypeId"]) for row in call.portal.types]
    return Answer([*EVENTS, *of_types(types)])


@method("event.bind", application_only=True)
def bind(call: Call) -> Answer:
    """Bind a handler; https://apidocs.bitrix24.com/api-reference/events/event-bind.html."""
    event, offline = str(call.param("event") or ""), _is_offline(call)
    user_id = call.whole("auth_type", 0)
    if not event:
        raise missing("event")
    if offline and not _is_admin(call):
        raise _denied("Offline events binding requires administrator access rights")
    if user_id not in {0, call.identity.user_id} and not _is_admin(call):
        raise _denied("Event binding with AUTH_TYPE requires administrator access rights")
    url = str(call.param("handler") or "")
    if not url and not offline:
        raise missing("handler")
    feed_of(call.portal).subscriptions.bind(
        _install(call),
        event=event,
        url=url,
        user_id=user_id,
        offline=offline,
        connector=str(call.param("auth_connector") or ""),
        min_timeout=float(as_map(call.param("options")).get("minTimeout") or 1),
    )
    return Answer(True, work=WRITE)


@method("event.get", application_only=True)
def get(call: Call) -> Answer:
    """List the handlers of the calling application."""
    client_id = _install(call).application.client_id
    handlers = feed_of(call.portal).subscriptions.of_application(client_id)
    return Answer(
        [
            {
                "event": each.event,
                "handler": each.url,
                "auth_type": str(each.user_id),
                "offline": int(each.offline),
            }
            for each in handlers
            if _is_admin(call) or each.user_id in {0, call.identity.user_id}
        ]
    )


@method("event.unbind", application_only=True)
def unbind(call: Call) -> Answer:
    """Unbind handlers; without `auth_type` those of every user."""
    event, auth_type = str(call.param("event") or ""), call.param("auth_type")
    if not event:
        raise missing("event")
    user_id = None if auth_type is None else call.whole("auth_type", 0)
    if user_id not in {None, 0, call.identity.user_id} and not _is_admin(call):
        raise _denied("Event unbinding with AUTH_TYPE requires administrator access rights")
    count = feed_of(call.portal).subscriptions.unbind(
        _install(call).application.client_id,
        event=event,
        url=str(call.param("handler") or ""),
        user_id=user_id,
        offline=_is_offline(call),
        connector=str(call.param("auth_connector") or ""),
    )
    return Answer({"count": count}, work=WRITE)


@method("event.test", application_only=True)
def fire_test(call: Call) -> Answer:
    """Fire ONAPPTEST with whatever was sent."""
    query = {key: value for key, value in call.params.items() if key != "auth"}
    outbound = feed_of(call.portal).outbound
    outbound.publish("ONAPPTEST", {"QUERY": query}, user_id=call.identity.user_id)
    return Answer(1)


@method("event.offline.get", application_only=True)
def offline_get(call: Call) -> Answer:
    """Hand out waiting events: deleted at once, or reserved under a `process_id`."""
    queue, process_id = _queue(call), call.param("process_id")
    if process_id:
        return Answer(
            {"process_id": process_id, "events": _shown(call, queue.lot(str(process_id)))}
        )
    number, rows = queue.take(
        _wanted(call),
        limit=call.whole("limit", PAGE),
        clear=_flag(call.param("clear", 1)),
        connector=str(call.param("auth_connector") or ""),
        failed=_flag(call.param("error", 0)),
    )
    return Answer({"process_id": number, "events": _shown(call, rows)}, work=WRITE)


@method("event.offline.clear", application_only=True)
def offline_clear(call: Call) -> Answer:
    """Delete rows of a reserved lot, all of them when none is named."""
    _queue(call).clear(_process_id(call), _chosen(call, with_ids=True))
    return Answer(True, work=WRITE)


@method("event.offline.error", application_only=True)
def offline_error(call: Call) -> Answer:
    """Mark rows of a reserved lot as failed."""
    _queue(call).fail(_process_id(call), _chosen(call, with_ids=False))
    return Answer(True, work=WRITE)


@method("event.offline.list", application_only=True)
def offline_list(call: Call) -> Answer:
    """List the queue without taking anything from it."""
    wanted, start = _wanted(call), max(0, call.whole("start", 0))
    connector = str(call.param("auth_connector") or "")
    rows = [row for row in _queue(call).listing(connector) if wanted(row)]
    page = rows[start : start + PAGE]
    more = start + PAGE if start + PAGE < len(rows) else None
    shown = _shown(call, page)
    for told, row in zip(shown, page, strict=True):
        told |= {"PROCESS_ID": row.process_id, "ERROR": str(int(row.failed))}
    work = Work("page", rows=len(page), columns=8, offset=start)
    return Answer(shown, total=len(rows), next=more, work=work)


def _is_offline(call: Call) -> bool:
    return str(call.param("event_type") or "online").lower() == "offline"


def _queue(call: Call) -> OfflineQueue:
    client_id = _install(call).application.client_id
    if not _is_admin(call):
        raise _denied("")
    return feed_of(call.portal).outbound.offline(client_id)


def _process_id(call: Call) -> str:
    process_id = str(call.param("process_id") or "")
    if not process_id:
        raise missing("process_id")
    return process_id


def _chosen(call: Call, *, with_ids: bool) -> Callable[[OfflineRow], bool]:
    ids = {str(each) for each in as_list(call.param("id"))} if with_ids else set()
    messages = {str(each) for each in as_list(call.param("message_id"))}
    if ids:
        return lambda row: str(row.number) in ids
    return lambda row: not messages or row.message_id in messages


def _shown(call: Call, rows: list[OfflineRow]) -> list[dict[str, Json]]:
    return [
        {
            "ID": str(row.number),
            "TIMESTAMP_X": call.portal.zone.moment(row.stamp),
            "EVENT_NAME": row.event,
            "EVENT_DATA": row.data,
            "EVENT_ADDITIONAL": False,
            "MESSAGE_ID": row.message_id,
        }
        for row in rows
    ]


def _wanted(call: Call) -> Callable[[OfflineRow], bool]:
    """Compile the filter; fields it does not know are ignored, as elsewhere."""
    tests = [
        (_SIGNS.get(match["sign"]), match["field"].upper(), value)
        for key, value in call.mapping("filter").items()
        if (match := _CONDITION.fullmatch(key))
    ]

    def matches(row: OfflineRow) -> bool:
        return all(_passes(row, sign, name, value) for sign, name, value in tests)

    return matches


def _passes(
    row: OfflineRow, sign: Callable[[Json, Json], bool] | None, name: str, value: Json
) -> bool:
    fields: dict[str, Json] = {
        "ID": row.number,
        "TIMESTAMP_X": row.stamp,
        "EVENT_NAME": row.event,
        "MESSAGE_ID": row.message_id,
        "PROCESS_ID": row.process_id,
        "ERROR": str(int(row.failed)),
    }
    if name not in fields:
        return True
    wanted = [_comparable(name, each) for each in as_list(value)]
    if sign is None:
        return fields[name] in wanted
    return any(sign(fields[name], each) for each in wanted)


def _comparable(name: str, value: Json) -> Json:
    try:
        if name == "ID":
            return int(value)
        if name == "TIMESTAMP_X":
            return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        raise RestError(400, "ERROR_ARGUMENT", f"Wrong value for {name}") from None
    return str(value).upper() if name == "EVENT_NAME" else str(value)
