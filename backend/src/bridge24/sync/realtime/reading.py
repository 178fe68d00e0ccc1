"""Asks the portal for the present state of records, fifty by a command, fifty commands a call."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply, crm, errors, listing
from bridge24.bitrix.listing import Row

PAGE_ROWS = 50
CALL_COMMANDS = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of one answer."""

    rows: Sequence[Row]
    read_at: datetime
    """By the portal's clock: none of the rows was read before this moment."""


@dataclass(slots=True)
class Seen:
    """What the portal said of some records of one object. Every record is in one place."""

    answers: list[Answer] = field(default_factory=list)
    gone: dict[int, datetime] = field(default_factory=dict)
    """Records that do not exist, and when they did not."""
    hidden: list[int] = field(default_factory=list)
    """Records that exist, or may exist, and are not shown to us."""
    failed: dict[int, BitrixError] = field(default_factory=dict)
    later: list[int] = field(default_factory=list)
    """Records the portal has no time for now."""


@dataclass(frozen=True, slots=True)
class _Absent:
    """A record that the list did not bring; the ``get`` method tells why."""

    entity: crm.Entity
    record_id: int
    read_at: datetime | None
    """When the list did not bring it; None when the list itself was refused."""


async def present_state(
    client: BitrixClient, wanted: Mapping[crm.Entity, Collection[int]]
) -> dict[crm.Entity, Seen]:
    """Ask for records by their ids, of all objects in one call if they fit.

    Lists are asked, not the get methods: they answer with the very fields a walk stores, and
    fifty records cost as much as one. Only for a record that a list does not bring does the
    get method say whether it is gone or hidden.

    Raises:
        BitrixError: The portal as a whole cannot be asked.
    """
    seen = {entity: Seen() for entity in wanted}
    asked = [(e, part) for e, ids in wanted.items() for part in _parts(sorted(ids), PAGE_ROWS)]
    absent: list[_Absent] = []
    for few in _parts(asked, CALL_COMMANDS):
        outcomes = await _batch(client, [_list(entity, ids) for entity, ids in few])
        for (entity, ids), outcome in zip(few, outcomes, strict=True):
            absent += _sort_out(entity, ids, outcome, seen[entity])
    for some in _parts(absent, CALL_COMMANDS):
        outcomes = await _batch(client, [_get(one) for one in some])
        for one, outcome in zip(some, outcomes, strict=True):
            _judge(one, outcome, seen[one.entity])
    return seen


def _list(entity: crm.Entity, ids: Sequence[int]) -> Call:
    params = listing.list_params(entity, extra_filter={f"@{entity.id_filter}": list(ids)})
    return Call(entity.list_method, params)


def _get(one: _Absent) -> Call:
    method = one.entity.get_method or one.entity.list_method
    return Call(method, listing.get_params(one.entity, one.record_id))


async def _batch(client: BitrixClient, calls: Sequence[Call]) -> list[Outcome]:
    """Call, and raise what is wrong with the portal rather than with one object.

    Raises:
        BitrixError: Every command has met the same trouble.
    """
    outcomes = await client.batch(calls)
    troubles = [one for one in outcomes if isinstance(one, BitrixError) and is_general(one)]
    if troubles and len(troubles) == len(outcomes):
        raise troubles[0]
    return outcomes


def is_general(error: BitrixError) -> bool:
    """Whether an error is about the portal as a whole, not about one method or record."""
    about_one = isinstance(error, errors.InsufficientScope | errors.WrongAuthType)
    kinds = errors.TransportError | errors.PortalBusy | errors.AuthError
    return isinstance(error, kinds) and not about_one


def _sort_out(
    entity: crm.Entity, ids: Sequence[int], outcome: Outcome, seen: Seen
) -> list[_Absent]:
    if isinstance(outcome, Reply):
        try:
            rows = _wanted(entity, ids, listing.rows(entity, outcome.result))
        except errors.UnexpectedAnswer as odd:
            _set_aside(ids, odd, seen)
            return []
        read_at = outcome.time.began_at
        if read_at is None:
            _set_aside(ids, _undated(), seen)
            return []
        if rows:
            seen.answers.append(Answer(list(rows.values()), read_at))
        return [_Absent(entity, each, read_at) for each in ids if each not in rows]
    if isinstance(outcome, errors.AccessDenied | errors.NotFound):
        return [_Absent(entity, each, None) for each in ids]
    _set_aside(ids, outcome, seen)
    return []


def _wanted(entity: crm.Entity, ids: Sequence[int], rows: Sequence[Row]) -> dict[int, Row]:
    """Leave out rows nobody asked for: a list that does not know the filter brings any."""
    asked = {str(each): each for each in ids}
    found = {asked.get(str(row.get(entity.id_field))): row for row in rows}
    return {row_id: row for row_id, row in found.items() if row_id is not None}


def _judge(one: _Absent, outcome: Outcome, seen: Seen) -> None:
    if isinstance(outcome, Reply):
        row = listing.record(one.entity, outcome.result)
        read_at = outcome.time.began_at
        if row is not None and read_at is not None:
            seen.answers.append(Answer([row], read_at))
            return
        if row is not None:
            _set_aside([one.record_id], _undated(), seen)
            return
    if isinstance(outcome, Reply | errors.NotFound):
        # The list did not bring it and it is not merely hidden: at that moment it was gone.
        # Where there was no list, nobody knows the moment.
        if one.read_at is None:
            seen.hidden.append(one.record_id)
        else:
            seen.gone[one.record_id] = one.read_at
    elif isinstance(outcome, errors.AccessDenied):
        seen.hidden.append(one.record_id)
    else:
        _set_aside([one.record_id], outcome, seen)


def _undated() -> errors.UnexpectedAnswer:
    """What is wrong with rows of an unknown moment.

    Every successful command tells its own:
    https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html
    Our clock would not do instead: where it is fast, changes to come would look old.
    """
    return errors.UnexpectedAnswer("the answer does not tell when it was given")


def _set_aside(ids: Sequence[int], outcome: Outcome, seen: Seen) -> None:
    if not isinstance(outcome, BitrixError):
        outcome = errors.UnexpectedAnswer("not asked")
    is_odd = isinstance(outcome, errors.UnexpectedAnswer)
    if isinstance(outcome, errors.TransportError | errors.PortalBusy) and not is_odd:
        seen.later += ids
    else:
        seen.failed |= dict.fromkeys(ids, outcome)


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
