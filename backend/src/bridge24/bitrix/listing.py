"""Pure: the parameters of one page of a list, and the rows of its answer."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import Raw

from bridge24.bitrix.entity import Entity
from bridge24.bitrix.errors import UnexpectedAnswer
from bridge24.bitrix.rows import Part, Row
from bridge24.bitrix.wire import parse

__all__ = ["Row", "get_params", "ids_of", "list_params", "record", "rows", "unparsed"]

Direction = Literal["ASC", "DESC"]


def list_params(
    entity: Entity,
    *,
    after_id: int | str | None = None,
    until_id: int | None = None,
    select: Sequence[str] | None = None,
    extra_filter: Mapping[str, object] | None = None,
    direction: Direction = "ASC",
    start: int = -1,
) -> dict[str, object]:
    """Write the parameters of one page, ordered by id.

    Args:
        entity: What to list.
        after_id: Only ids above this one, or a ``$result`` reference to it.
        until_id: Only ids up to and including this one.
        select: Fields to ask for instead of everything; the id is added.
        extra_filter: Further conditions, all of which must hold.
        direction: ``DESC`` finds the highest id first.
        start: Offset of an ``offset`` list; -1 counts nothing, for keyset pages.

    Raises:
        ValueError: the list method needs a filter that is not given.

    >>> from bridge24.bitrix.crm import DEAL
    >>> list_params(DEAL, after_id=100, select=["TITLE"])
    {'select': ['ID', 'TITLE'], 'order': {'ID': 'ASC'}, 'filter': {'>ID': 100}, 'start': -1}
    """
    conditions = _conditions(entity, after_id, until_id, extra_filter or {})
    fields = _selected(entity, select)
    params: dict[str, object] = {**entity.item_params, **entity.extra_params}
    if fields:
        params["select"] = fields
    params |= _order(entity, direction)
    if entity.filter_name and conditions:
        params[entity.filter_name] = conditions
    if not entity.filter_name:
        params |= conditions
    if entity.paging != "single":
        params[entity.start_name] = max(0, start) if entity.paging == "offset" else start
    return params


def _conditions(
    entity: Entity,
    after_id: int | str | None,
    until_id: int | None,
    extra: Mapping[str, object],
) -> dict[str, object]:
    missing = [name for name in entity.required_filter if name not in extra]
    if missing:
        raise ValueError(f"{entity.list_method} needs a filter by {missing[0]}")
    conditions = dict(extra)
    if after_id is not None:
        conditions[f">{entity.id_filter}"] = after_id
    if until_id is not None:
        conditions[f"<={entity.id_filter}"] = until_id
    return conditions


def _selected(entity: Entity, select: Sequence[str] | None) -> list[str]:
    if not entity.select or select is None:
        return list(entity.select)
    wanted = dict.fromkeys((*entity.select_also, *select))
    fields = [field for field in wanted if field != entity.id_field]
    # Only classic lists return the id unasked; the keyset is lost without it.
    return fields if {entity.id_filter, "*"} & set(fields) else [entity.id_filter, *fields]


def _order(entity: Entity, direction: Direction) -> dict[str, object]:
    if entity.sort_names:
        by, way = entity.sort_names
        return {by: entity.id_filter, way: direction}
    return {"order": dict.fromkeys(entity.order_by or (entity.id_filter,), direction)}


def get_params(entity: Entity, record_id: int | str) -> dict[str, object]:
    """Write the parameters of the get method."""
    return {**entity.item_params, entity.get_id: record_id}


def rows(entity: Entity, result: object) -> list[Row]:
    """Take the rows out of the ``result`` of a list method.

    An empty PHP array in place of the whole container means no rows.

    Raises:
        UnexpectedAnswer: there is no list where it belongs. It must not pass
            for an empty page, which would end a walk early.

    >>> from bridge24.bitrix.crm import TASK
    >>> rows(TASK, {"tasks": [{"id": "1"}]}), rows(TASK, [])
    ([{'id': '1'}], [])
    """
    found = _at(entity.result_path, parse(result) if isinstance(result, Raw) else result)
    if isinstance(found, Mapping):
        found = list(found.values())
    if isinstance(found, list) and all(isinstance(row, dict) for row in found):
        return found
    raise UnexpectedAnswer("no rows where they belong", method=entity.list_method, status=200)


def ids_of(entity: Entity, found: Sequence[Row]) -> list[int]:
    """Read the ids of rows.

    Raises:
        ValueError: a row has none.
    """
    try:
        return [int(row[entity.id_field]) for row in found]
    except (KeyError, TypeError, ValueError):
        raise ValueError("a row has no id") from None


def unparsed(entity: Entity, result: Raw) -> tuple[Part, list[int]]:
    """Take the rows out of a ``result`` that is not parsed yet, with their ids.

    The rows come as JSON again, unless they are not a plain list of maps with ids.

    Raises:
        UnexpectedAnswer: there is no list where it belongs.
        ValueError: a row has no id.
    """
    try:
        part = result
        for key in entity.result_path:
            part = _container.decode(part)[key]
        return part, [int(row.id) for row in _ids(entity.id_field).decode(part)]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, *_NO_NUMBER):
        found = rows(entity, result)
        return found, ids_of(entity, found)


_NO_NUMBER = (TypeError, ValueError)
_container = msgspec.json.Decoder(dict[str, Raw])


@lru_cache
def _ids(name: str) -> Any:
    """A parser that looks at nothing but the ids of rows."""
    row = msgspec.defstruct("Row", [("id", Any)], rename={"id": name}, gc=False)
    return msgspec.json.Decoder(list[row])  # type: ignore[valid-type]


def record(entity: Entity, result: object) -> Row | None:
    """Take the one record out of the ``result`` of the get method; None when empty.

    >>> from bridge24.bitrix.crm import USER
    >>> record(USER, [{"ID": "1"}]), record(USER, [])
    ({'ID': '1'}, None)
    """
    found = _at(entity.get_path, result)
    if isinstance(found, list):
        found = found[0] if found else None
    return found if isinstance(found, dict) else None


def _at(path: tuple[str, ...], result: object) -> object:
    for key in path:
        if isinstance(result, Mapping) and key in result:
            result = result[key]
            continue
        return result if result == [] else None
    return result
