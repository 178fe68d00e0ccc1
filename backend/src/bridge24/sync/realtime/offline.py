"""Offline events: kept by the portal until we have fetched and committed them.

https://apidocs.bitrix24.com/api-reference/events/offline-events.html
"""

from collections.abc import Mapping, Sequence

import structlog

from bridge24.bitrix import BitrixClient
from bridge24.bitrix.events import Event
from bridge24.bitrix.php import Branch
from bridge24.core.settings import Settings
from bridge24.sync.realtime.application import application_client, is_connected
from bridge24.sync.realtime.intake import keep_all, kept
from bridge24.sync.realtime.models import Source

LIMIT = 50

log = structlog.get_logger(__name__)


async def fetch(settings: Settings) -> int:
    """Keep every waiting offline event, then clear it at the portal; says how many.

    A lot is reserved, kept by us, and cleared only after our commit. Killed before that, the
    lot is still there: it is found by its ``process_id`` in ``event.offline.list`` and fetched
    again. An event kept twice is read twice, which changes nothing.

    Raises:
        BitrixError: The portal was not reached, or refuses the application.
        DatabaseError: Nothing of the present lot was kept, or cleared.
    """
    if not await is_connected(settings):
        return 0
    async with application_client(settings) as client:
        total = 0
        for process_id in await _left_behind(client):
            total += await _take(client, await _lot(client, {"process_id": process_id}))
        while took := await _take(client, await _lot(client, {"clear": 0, "limit": LIMIT})):
            total += took
        return total


async def _left_behind(client: BitrixClient) -> Sequence[str]:
    """List the lots that were reserved and never cleared: their fetching was killed."""
    reply = await client.call("event.offline.list", {"order": {"ID": "ASC"}})
    lots = [str(row.get("PROCESS_ID") or "") for row in _rows(reply.result)]
    return list(dict.fromkeys(lot for lot in lots if lot))


async def _lot(client: BitrixClient, params: Mapping[str, object]) -> Mapping[str, object]:
    told = (await client.call("event.offline.get", params)).result
    return told if isinstance(told, Mapping) else {}


async def _take(client: BitrixClient, lot: Mapping[str, object]) -> int:
    rows = _rows(lot.get("events"))
    if not rows:
        return 0
    await keep_all([kept(_event(row), Source.OFFLINE) for row in rows])
    # Only those we have: while they were kept, the portal may have renewed one of them.
    messages = [str(row["MESSAGE_ID"]) for row in rows if row.get("MESSAGE_ID")]
    params = {"process_id": lot.get("process_id"), "message_id": messages}
    await client.call("event.offline.clear", params)
    log.info("events.fetched", events=len(rows))
    return len(rows)


def _rows(told: object) -> Sequence[Mapping[str, object]]:
    rows = list(told.values()) if isinstance(told, Mapping) else told
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _event(row: Mapping[str, object]) -> Event:
    """Read a row; its data may be missing, a list or a map."""
    data = _branch(row.get("EVENT_DATA") or {})
    told = data if isinstance(data, dict) else {}
    return Event(name=str(row.get("EVENT_NAME") or "UNKNOWN").upper()[:100], data=told)


def _branch(value: object) -> Branch:
    """Write JSON as the form of an event would have it: nothing but texts."""
    if isinstance(value, Mapping):
        return {str(key): _branch(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_branch(inner) for inner in value]
    return "" if value is None or value is False else str(value)
