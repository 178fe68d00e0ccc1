"""Pure: id ranges → the commands of one batch, and its outcomes → rows that can be trusted.

Each command of a chain starts where the one before ended (``$result``), so that one HTTP
call reads up to 2,500 rows: https://apidocs.bitrix24.com/settings/performance/huge-data.html
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge24.bitrix import listing
from bridge24.bitrix.batch import Outcome, reference
from bridge24.bitrix.entity import Entity
from bridge24.bitrix.errors import BitrixError, TransportError, UnexpectedAnswer
from bridge24.bitrix.rows import UnparsedRows
from bridge24.bitrix.walk import PAGE_ROWS, Chain
from bridge24.bitrix.wire import Call, Reply


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows of which entity, and which of their fields."""

    entity: Entity
    select: Sequence[str] | None
    filter: Mapping[str, object]

    def __post_init__(self) -> None:
        bounds = {f">{self.entity.id_filter}", f"<={self.entity.id_filter}"}
        if self.entity.paging == "keyset" and bounds & set(self.filter):
            raise ValueError("the bounds of the ids belong to the walk; use `>=` and `<`")


@dataclass(frozen=True, slots=True)
class Haul:
    """What one chain brought home, and what ended it before its time."""

    pages: list[list[int]]
    """The ids, page by page; the last page may be short or empty."""
    rows: UnparsedRows
    error: BitrixError | None


class NotAPage(TransportError):
    """The portal's page is not the one asked for: it ignores the filter or the order.

    Going on would lose or double rows, so the walk ends here.
    """

    retryable = False


def commands(query: Query, chains: Sequence[Chain]) -> list[Call]:
    """Write the commands of one batch, chain after chain."""
    return [
        _command(query, chain, number=number, page=page)
        for number, chain in enumerate(chains)
        for page in range(chain.pages)
    ]


def newest(query: Query) -> Call:
    """Ask for the rows with the highest ids, and nothing but their ids."""
    entity = query.entity
    params = listing.list_params(
        entity, select=[entity.id_filter], extra_filter=query.filter, direction="DESC"
    )
    return Call(entity.list_method, params, key="newest")


def highest_id(query: Query, outcomes: Sequence[Outcome]) -> int | BitrixError:
    """The highest id of the table, 0 when it is empty, from a batch ending with ``newest``."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, BitrixError)]
    if errors:
        return errors[0]
    answer = [outcome for outcome in outcomes if isinstance(outcome, Reply)][-1]
    try:
        rows = listing.rows(query.entity, answer.result)
        return max(listing.ids_of(query.entity, rows), default=0)
    except UnexpectedAnswer as error:
        return error
    except ValueError as problem:
        return _no_page(str(problem), query.entity)


def hauls(query: Query, chains: Sequence[Chain], outcomes: Sequence[Outcome]) -> list[Haul]:
    """Read the outcomes of ``commands``; what follows a short page or an error is void.

    Raises:
        NotAPage: ids do not ascend, or lie outside the range asked for.
    """
    told: list[Haul] = []
    first = 0
    for chain in chains:
        told.append(_haul(query, chain, outcomes[first : first + chain.pages]))
        first += chain.pages
    return told


def _command(query: Query, chain: Chain, *, number: int, page: int) -> Call:
    entity = query.entity
    after: int | str = chain.span.after
    if page:
        earlier = f"r{number}p{page - 1}"
        after = reference(earlier, *entity.result_path, PAGE_ROWS - 1, entity.id_field)
    params = listing.list_params(
        entity,
        after_id=after,
        until_id=chain.span.until,
        select=query.select,
        extra_filter=query.filter,
    )
    return Call(entity.list_method, params, key=f"r{number}p{page}")


def _haul(query: Query, chain: Chain, outcomes: Sequence[Outcome]) -> Haul:
    haul = Haul([], UnparsedRows(), error=None)
    low = chain.span.after
    for outcome in outcomes:
        if not isinstance(outcome, Reply):
            error = outcome if isinstance(outcome, BitrixError) else None
            return Haul(haul.pages, haul.rows, error=error)
        try:
            part, ids = listing.unparsed(query.entity, outcome.result)
        except UnexpectedAnswer as unreadable:
            return Haul(haul.pages, haul.rows, error=unreadable)
        except ValueError as problem:
            raise _no_page(str(problem), query.entity) from None
        haul.pages.append(_checked(ids, chain, low=low, query=query))
        haul.rows.add(part, len(ids))
        if len(ids) < PAGE_ROWS:
            break
        low = ids[-1]
    return haul


def _no_page(problem: str, entity: Entity) -> NotAPage:
    return NotAPage(problem, method=entity.list_method, status=200)


def _checked(ids: list[int], chain: Chain, *, low: int, query: Query) -> list[int]:
    until = chain.span.until
    ascending = all(earlier < later for earlier, later in itertools.pairwise(ids))
    inside = not ids or (ids[0] > low and (until is None or ids[-1] <= until))
    if ascending and inside:
        return ids
    problem = "outside the range asked for" if ascending else "not in ascending order"
    raise _no_page(f"the ids are {problem}", query.entity)
