"""Lists: filter, order, page of 50, `total`, `next`, and `start=-1`.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/list-methods-pecularities.html
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bridge24.emulator.calls import Answer, Json, Work, as_int, as_map
from bridge24.emulator.filters import ORDERED, Condition, Group, comparable
from bridge24.emulator.rendering import RenderedPage
from bridge24.emulator.schema import Field
from bridge24.emulator.table import Table
from bridge24.emulator.views import View
from bridge24.emulator.zones import Zone

PAGE = 50
NO_COUNT = -1


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is asked for.

    Attributes:
        order: Fields with whether each runs downwards, most important first.
        start: Rows to skip; -1 means: do not count.
        limit: Rows of a page.
    """

    filter: Group
    order: tuple[tuple[Field, bool], ...]
    start: int
    view: View
    zone: Zone
    limit: int = PAGE

    @property
    def by_id(self) -> bool:
        """Whether rows come in the order of their ids."""
        return not self.order or self.order[0][0].code == "ID"

    @property
    def down(self) -> bool:
        """Whether the first key runs downwards."""
        return bool(self.order) and self.order[0][1]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of ids; `total` is `None` when it was not counted."""

    ids: list[int]
    total: int | None
    next: int | None


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a filter says of ids: a range, perhaps a set, and whether that is all it says."""

    after: int
    before: int | None
    only: frozenset[int] | None
    exact: bool
    moments: tuple[str, float, float] | None = None


def page(table: Table, query: Query) -> Page:
    """Find the rows of one page; by id it takes no longer in a larger table."""
    skip = max(query.start, 0)
    bounds = _bounds(query.filter)
    if query.start == NO_COUNT and query.by_id:
        found = _matching(table, query, bounds, down=query.down)
        return Page(list(islice(found, query.limit)), None, None)
    if query.by_id and bounds.exact and bounds.only is None and not query.down:
        return _counted_by_id(table, query, bounds, skip)
    ids = list(_matching(table, query, bounds, down=query.by_id and query.down))
    if not query.by_id:
        _sort(table, query, ids)
    shown = ids[skip : skip + query.limit]
    if query.start == NO_COUNT:
        return Page(shown, None, None)
    return Page(shown, len(ids), _next(skip, query.limit, len(ids)))


def answer(table: Table, query: Query, *, key: str = "") -> Answer:
    """Answer a list method; `key` is the container of controller methods (`items`)."""
    found = page(table, query)
    rows = [table.json(row_id, query.view) for row_id in found.ids]
    shown = RenderedPage(rows)
    work = Work(
        "page",
        rows=len(rows),
        columns=len(query.view.columns),
        offset=max(query.start, 0),
        counted=None if found.total is None else table.store.count(),
    )
    total = 0 if found.total is None else found.total
    return Answer({key: shown} if key else shown, total, found.next, work)


def start_of(value: Json) -> int:
    """Read `start`: nothing or nonsense is 0, any negative number is -1."""
    number = as_int(value) or 0
    return max(number, NO_COUNT)


def order_of(sent: Json, fields: dict[str, Field | None]) -> tuple[tuple[Field, bool], ...]:
    """Read `order`; fields that are unknown are left out."""
    return tuple(
        (found, str(direction).upper().startswith("DESC"))
        for name, direction in as_map(sent).items()
        if (found := fields.get(name)) is not None
    )


def _next(skip: int, limit: int, total: int) -> int | None:
    return skip + limit if skip + limit < total else None


def _counted_by_id(table: Table, query: Query, bounds: _Bounds, skip: int) -> Page:
    store = table.store
    if bounds.after <= 0 and bounds.before is None:
        total = store.count()
        first = store.id_of_rank(skip)
        ids = [] if first is None else list(islice(store.ids(first - 1), query.limit))
        return Page(ids, total, _next(skip, query.limit, total))
    total = sum(1 for _ in store.ids(bounds.after, bounds.before))
    ids = list(islice(store.ids(bounds.after, bounds.before), skip, skip + query.limit))
    return Page(ids, total, _next(skip, query.limit, total))


def _matching(table: Table, query: Query, bounds: _Bounds, *, down: bool) -> Iterator[int]:
    store = table.store
    timely = store.timely(*bounds.moments) if bounds.moments and bounds.only is None else None
    if timely is not None:
        inside = _between(timely, bounds)
        ids: Iterator[int] = reversed(inside) if down else iter(inside)
    elif bounds.only is not None:
        ids = iter(sorted(filter(store.exists, bounds.only), reverse=down))
    elif down:
        ids = store.ids_down(bounds.after, bounds.before)
    else:
        ids = store.ids(bounds.after, bounds.before)
    if bounds.exact:
        return ids
    rule = query.filter
    value = store.value
    return (each for each in ids if rule.matches(lambda code, row_id=each: value(row_id, code)))  # type: ignore[misc]


def _between(ids: list[int], bounds: _Bounds) -> list[int]:
    first = bisect_left(ids, bounds.after + 1)
    last = len(ids) if bounds.before is None else bisect_left(ids, bounds.before)
    return ids[first:last]


def _moments(rule: Group) -> tuple[str, float, float] | None:
    """Moments outside of which nothing can match, if the filter names any of one field."""
    ends: dict[str, tuple[float, float]] = {}
    for each in () if rule.any_of else rule.members:
        if not isinstance(each, Condition) or each.prefix not in ORDERED:
            continue
        moment = each.values[0] if each.field.type == "datetime" and each.values else None
        if isinstance(moment, float):
            low, high = ends.get(each.field.code, (-math.inf, math.inf))
            is_lower = each.prefix in {">", ">="}
            ends[each.field.code] = (
                (max(low, moment), high) if is_lower else (low, min(high, moment))
            )
    return next(((code, low, high) for code, (low, high) in ends.items()), None)


def _sort(table: Table, query: Query, ids: list[int]) -> None:
    """Sort by every key, the least important first; empty values come first."""
    for field, down in reversed(query.order):
        ids.sort(key=lambda row_id: _key(table, field, row_id, query.zone), reverse=down)


def _key(table: Table, field: Field, row_id: int, zone: Zone) -> tuple[Any, ...]:
    value = table.store.value(row_id, field.code)
    mine = comparable(field, value[0] if isinstance(value, list) and value else value, zone)
    return (0, 0) if mine is None else (1, mine)


def _bounds(rule: Group) -> _Bounds:
    """Read what the AND-ed conditions say of the id."""
    after, before, exact = 0, None, not rule.any_of
    only: frozenset[int] | None = None
    for each in () if rule.any_of else rule.members:
        if not isinstance(each, Condition) or each.field.code != "ID" or not each.is_plain:
            exact = False
            continue
        numbers = [number for number in each.values if isinstance(number, int)]
        if each.prefix in {"", "=", "@"}:
            only = frozenset(numbers) if only is None else only & frozenset(numbers)
        elif not numbers:
            only = frozenset()
        elif each.prefix in {">", ">="}:
            after = max(after, numbers[0] - (each.prefix == ">="))
        else:
            below = numbers[0] + (each.prefix == "<=")
            before = below if before is None else min(before, below)
    if only is not None:
        inside = (row_id for row_id in only if row_id > after)
        only = frozenset(row_id for row_id in inside if before is None or row_id < before)
    return _Bounds(after, before, only, exact, _moments(rule))
