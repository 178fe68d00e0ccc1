"""Which catalogues of goods the portal has, and which this process has seen.

https://apidocs.bitrix24.com/api-reference/catalog/catalog/catalog-catalog-list.html
"""

from weakref import WeakKeyDictionary

from bridge24.bitrix import BitrixClient, Call, Outcome, Reply

METHOD = "catalog.catalog.list"
CALL = Call(METHOD, {"order": {"id": "ASC"}, "start": 0})

_seen: WeakKeyDictionary[BitrixClient, list[int]] = WeakKeyDictionary()


async def ask(client: BitrixClient) -> list[int]:
    """List the catalogues, however many pages of them there are."""
    numbers: list[int] = []
    start: int | None = 0
    while start is not None:
        reply = await client.call(METHOD, {"order": {"id": "ASC"}, "start": start})
        numbers += _numbers(reply)
        start = reply.next
    _seen[client] = numbers
    return numbers


def known_to(client: BitrixClient) -> list[int]:
    """Those that were there when they were last asked for; none at first."""
    return _seen.get(client, [])


def read(client: BitrixClient, outcome: Outcome) -> list[int] | None:
    """Read the answer to ``CALL``; None when it does not tell all of them."""
    if not isinstance(outcome, Reply) or outcome.next is not None:
        return None
    _seen[client] = _numbers(outcome)
    return _seen[client]


def _numbers(reply: Reply) -> list[int]:
    return [int(row["iblockId"]) for row in reply.result["catalogs"]]
