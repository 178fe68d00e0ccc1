"""Asks the portal what its fields are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply, crm, fields
from bridge24.bitrix.fields import Field
from bridge24.sync.objects.keys import KEY
from bridge24.sync.undescribed import UNDESCRIBED

LABEL_LANGUAGE = "ru"
KEY_TITLE = "Ключ строки, составленный из её столбцов / Key of the row, made of its columns"


@dataclass(frozen=True, slots=True)
class Described:
    """The fields of an object, and when the portal told them."""

    fields: Sequence[Field]
    at: datetime
    """By the portal's clock, in UTC without a zone."""


async def describe(
    client: BitrixClient, entity: crm.Entity, *, also: frozenset[str] = frozenset()
) -> Described:
    """Ask for the fields of an object in one HTTP call.

    Args:
        client: Calls the portal.
        entity: Whose fields.
        also: Codes seen in rows that the portal may not describe; they are taken as
            texts, so that no value is lost.

    Raises:
        BitrixError: The portal does not tell its fields.
    """
    if entity.fields_method is None:
        return await _undescribed(client, entity, also=also)
    calls = [Call(entity.fields_method, dict(entity.item_params))]
    if entity.userfields_method:
        calls.append(Call(entity.userfields_method, {"filter": {"LANG": LABEL_LANGUAGE}}))
    outcomes = await client.batch(calls)
    reply = _reply(outcomes[0])
    known = fields.fields_of(entity, reply.result)
    if len(outcomes) > 1 and isinstance(outcomes[1], Reply):
        known = fields.enriched(known, fields.userfields(outcomes[1].result))
    return Described(fields=_with(known, also), at=_moment(reply.time.date_start))


async def _undescribed(
    client: BitrixClient, entity: crm.Entity, *, also: frozenset[str]
) -> Described:
    """Take fields the portal has no method for from the documentation."""
    reply = await client.call("server.time")
    known = UNDESCRIBED[entity.list_method]
    return Described(fields=_with(known, also), at=_moment(reply.time.date_start))


def _with(known: Sequence[Field], also: frozenset[str]) -> list[Field]:
    codes = {field.code for field in known}
    keyed = list(known)
    if not {"ID", "id"} & codes:
        # The portal names these rows by several codes, or by letters.
        keyed.insert(0, Field(code=KEY, type="integer", title=KEY_TITLE))
    return [*keyed, *(Field(code=code, type="text") for code in sorted(also - codes - {KEY}))]


def _reply(outcome: Outcome) -> Reply:
    if isinstance(outcome, Reply):
        return outcome
    if isinstance(outcome, BitrixError):
        raise outcome
    raise AssertionError("nothing is skipped without halt")


def _moment(told: str) -> datetime:
    if not told:
        return datetime.now(UTC).replace(tzinfo=None)
    return datetime.fromisoformat(told).astimezone(UTC).replace(tzinfo=None)
