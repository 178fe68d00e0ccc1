"""Asks the portal for the present state of records, fifty by a command, fifty commands a call."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Raw

from bridge24.bitrix import BitrixClient, BitrixError, Call, Outcome, Reply, crm, errors, listing
from bridge24.bitrix.rows import Part, Row, UnparsedRows, rows_of
from bridge24.bitrix.wire import parse

PAGE_ROWS = 50
CALL_COMMANDS = 50
T = TypeVar("T")


@dataclass(slots=True)
class Seen:
    """What the portal said of some records of one object. Every record is in one place."""

    rows: UnparsedRows = field(default_factory=UnparsedRows)
    ids: list[int] = field(default_factory=list)
    """The records of ``rows``, in their order."""
    read_at: datetime | None = None
    """By the portal's clock: none of the rows was read before this moment; None: no rows."""
    gone: dict[int, datetime] = field(default_factory=dict)
    """Records that do not exist, and when they did not."""
    hidden: list[int] = field(default_factory=list)
    """Records that exist, or may exist, and are not shown to us."""
    failed: dict[int, BitrixError] = field(default_factory=dict)
    later: list[int] = field(default_factory=list)
    """Records the portal has no time for now."""

    def found(self, part: Part, ids: Sequence[int], read_at: datetime) -> None:
        """Add rows. All of one object are stored together, as of the earliest moment.

        The events they are read for had come before any of them was asked for, so that
        nothing is lost where a later read of somebody else stands.
        """
        self.rows.add(part, len(ids))
        self.ids += ids
        self.read_at = min(read_at, self.read_at or read_at)


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
    outcomes = await client.batch(calls, unparsed=True)
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
            part, there = _wanted(entity, ids, outcome.result)
        except errors.UnexpectedAnswer as odd:
            _set_aside(ids, odd, seen)
            return []
        read_at = outcome.time.began_at
        if read_at is None:
            _set_aside(ids, _undated(), seen)
            return []
        if there:
            seen.found(part, there, read_at)
        return [_Absent(entity, each, read_at) for each in sorted(set(ids) - set(there))]
    if isinstance(outcome, errors.AccessDenied | errors.NotFound):
        return [_Absent(entity, each, None) for each in ids]
    _set_aside(ids, outcome, seen)
    return []


def _wanted(entity: crm.Entity, ids: Sequence[int], result: Any) -> tuple[Part, list[int]]:
    """Leave out rows nobody asked for: a list that does not know the filter brings any.

    Where it does, the rows stay the JSON they came in.
    """
    try:
        part, there = listing.unparsed(entity, result)
    except ValueError:  # a row without an id
        part, there = listing.rows(entity, result), []
    if there and len(set(there)) == len(there) and set(there) <= set(ids):
        return part, there
    asked = {str(each): each for each in ids}
    found = {asked.get(str(row.get(entity.id_field))): row for row in rows_of(part)}
    kept = {row_id: row for row_id, row in found.items() if row_id is not None}
    return list(kept.values()), list(kept)


def _judge(one: _Absent, outcome: Outcome, seen: Seen) -> None:
    if isinstance(outcome, Reply):
        row = _record(one.entity, outcome.result)
        read_at = outcome.time.began_at
        if row is not None and read_at is not None:
            seen.found([row], [one.record_id], read_at)
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


def _record(entity: crm.Entity, result: Any) -> Row | None:
    return listing.record(entity, parse(result) if isinstance(result, Raw) else result)


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
