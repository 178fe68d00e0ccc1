"""Subscribes our application to events, and keeps it subscribed.

https://apidocs.bitrix24.com/api-reference/events/event-bind.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge24.bitrix import BitrixClient, BitrixError, Call, Reply, errors
from bridge24.core.settings import Settings
from bridge24.sync.realtime.address import handler_url
from bridge24.sync.realtime.application import application_client
from bridge24.sync.realtime.subjects import application_events

ONLINE, OFFLINE = "online", "offline"
SIGNAL = "ONOFFLINEEVENT"
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bound:
    """How the application is subscribed."""

    events: Sequence[str]
    """Bound to our address."""
    offline: Sequence[str]
    """Kept by the portal until they are fetched; empty where its plan does not offer that."""
    refused: Mapping[str, str]
    """Events the portal would not bind, and why."""
    unbound: int
    """Handlers of former addresses of ours that were removed."""


async def bind_missing(settings: Settings) -> Bound:
    """Bind every event that is not bound yet; doing it twice changes nothing.

    Raises:
        ApplicationMissing: There is no application to bind with.
        BitrixError: The portal was not reached, or refuses the application.
    """
    url = handler_url(settings)
    async with application_client(settings) as client:
        offered = await _offered(client)
        bound = await _bound(client)
        wanted = [name for name in application_events() if name in offered]
        stale = sorted({key for key in bound if key[1] not in ("", url)})
        await client.batch([_unbind(*key) for key in stale])
        online = {name: _bind(name, url) for name in wanted if (name, url) not in bound}
        rows = [name for name in wanted if not name.startswith(("ONAPP", SIGNAL))]
        kept = {name: _bind_offline(name) for name in rows if (name, "") not in bound}
        refused = await _make(client, online)
        not_kept = await _make(client, kept)
    return Bound(
        events=[name for name in wanted if name not in refused],
        offline=[name for name in rows if name not in not_kept],
        refused=refused,
        unbound=len(stale),
    )


async def _offered(client: BitrixClient) -> set[str]:
    return {str(name).upper() for name in (await client.call("events")).result}


async def _bound(client: BitrixClient) -> set[Key]:
    """List (event, address) of what is bound; the address of an offline handler is empty."""
    told = (await client.call("event.get")).result
    return {
        (str(row["event"]).upper(), "" if int(row["offline"]) else str(row["handler"]))
        for row in told
    }


async def _make(client: BitrixClient, calls: Mapping[str, Call]) -> dict[str, str]:
    """Bind, and say what was refused; what another process has bound meanwhile is not."""
    outcomes = await client.batch(list(calls.values()))
    refused: dict[str, str] = {}
    for name, outcome in zip(calls, outcomes, strict=True):
        if isinstance(outcome, errors.TransportError | errors.PortalBusy | errors.AuthError):
            raise outcome
        if isinstance(outcome, BitrixError) and not _is_bound(outcome):
            refused[name] = str(outcome)
        elif not isinstance(outcome, Reply | BitrixError):
            refused[name] = "not asked"
    return refused


def _is_bound(error: BitrixError) -> bool:
    text = f"{error.code} {error.description}".lower()
    return "binding_exists" in text or "unable to set event handler" in text


def _bind(event: str, url: str) -> Call:
    return Call("event.bind", {"event": event, "handler": url})


def _bind_offline(event: str) -> Call:
    return Call("event.bind", {"event": event, "event_type": OFFLINE})


def _unbind(event: str, url: str) -> Call:
    return Call("event.unbind", {"event": event, "handler": url, "event_type": ONLINE})
