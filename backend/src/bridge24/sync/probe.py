"""Asks for all objects at once whether anything changed: one HTTP call when nothing did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply, crm, listing
from bridge24.bitrix.errors import UnexpectedAnswer

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Question:
    """Which object, and since when its changes may be unknown to us."""

    entity: crm.Entity
    since: datetime
    """By the portal's clock, in UTC without a zone."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What the portal said of one object."""

    modified: Mapping[int, datetime]
    """When each row changed since was last changed, in UTC without a zone."""
    complete: bool
    """False: there are more than one page of them."""
    at: datetime
    """When the portal looked, by its own clock."""


async def changed(
    client: BitrixClient, questions: Sequence[Question]
) -> list[Changes | BitrixError]:
    """Ask once for all; an object that cannot be asked has its error in its place."""
    outcomes = await client.batch([call(question) for question in questions])
    return [read(q, outcome) for q, outcome in zip(questions, outcomes, strict=True)]


def modified_since(entity: crm.Entity, since: datetime) -> dict[str, object]:
    """The filter for rows modified at a moment or later; always with an explicit offset."""
    return {f">={entity.modified_filter}": since.replace(tzinfo=UTC).isoformat()}


def call(question: Question, conditions: Mapping[str, object] = MappingProxyType({})) -> Call:
    """Write the question as a call, under conditions the method wants besides."""
    entity = question.entity
    params = listing.list_params(
        entity,
        select=[entity.id_filter, entity.modified_filter or ""],
        extra_filter={**conditions, **modified_since(entity, question.since)},
    )
    return Call(entity.list_method, params)


def read(question: Question, outcome: Outcome) -> Changes | BitrixError:
    """Read the answer to a question."""
    if not isinstance(outcome, Reply):
        return outcome if isinstance(outcome, BitrixError) else UnexpectedAnswer("not asked")
    entity = question.entity
    rows = listing.rows(entity, outcome.result)
    modified = {
        int(row[entity.id_field]): _moment(row.get(entity.modified_field or "")) for row in rows
    }
    return Changes(modified=modified, complete=len(rows) < PAGE_ROWS, at=moment_of(outcome))


def moment_of(reply: Reply) -> datetime:
    """When the portal began to answer: whole seconds of its own clock, in UTC."""
    at = datetime.fromisoformat(reply.time.date_start).astimezone(UTC)
    return at.replace(tzinfo=None, microsecond=0)


def _moment(told: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(told))
    except ValueError:
        return datetime.max  # unreadable: never equal to what is stored, so it is read again
    return moment.astimezone(UTC).replace(tzinfo=None)
