"""Asks the portal what its fields are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply, crm, fields
from bridge24.bitrix.fields import Field

LABEL_LANGUAGE = "ru"


@dataclass(frozen=True, slots=True)
class Described:
    """The fields of an object, and when the portal told them."""

    fields: Sequence[Field]
    at: datetime
    """By the portal's clock, in UTC without a zone."""


async def describe(
    client: BitrixClient, entity: crm.Entity, *, also: Collection[str] = ()
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
    calls = [Call(entity.fields_method or "", dict(entity.item_params))]
    if entity.userfields_method:
        calls.append(Call(entity.userfields_method, {"filter": {"LANG": LABEL_LANGUAGE}}))
    outcomes = await client.batch(calls)
    reply = _reply(outcomes[0])
    known = fields.fields_of(entity, reply.result)
    if len(outcomes) > 1 and isinstance(outcomes[1], Reply):
        known = fields.enriched(known, fields.userfields(outcomes[1].result))
    codes = {field.code for field in known}
    known += [Field(code=code, type="text") for code in sorted(also) if code not in codes]
    return Described(fields=known, at=_moment(reply.time.date_start))


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
