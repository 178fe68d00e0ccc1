"""Pure: what the reader of a chart should know of its query, from the tree and the tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from sqlglot import exp

from bridge24.charts.guard import Checked
from bridge24.charts.guard.sizes import joins_of, sources_of


class Doubt(StrEnum):
    """What may be wrong with a figure."""

    MIXED_CURRENCIES = "mixed_currencies"
    """Amounts of several currencies are added."""
    PLANNED_DATE = "planned_date"
    """A date that is a plan until the deal is closed is taken for what happened."""
    MULTIPLIED_ROWS = "multiplied_rows"
    """A record is counted as often as it has rows in a joined table."""
    DELETED_ROWS = "deleted_rows"
    """Rows deleted in the portal are counted."""
    RECURRING_TEMPLATES = "recurring_templates"
    """Templates of recurring deals are counted as deals."""


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning, with the table and column it is about."""

    doubt: Doubt
    table: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What is known of one table."""

    amounts: Mapping[str, str] = field(default_factory=dict)
    """The column of an amount → the column of its currency."""
    planned: frozenset[str] = frozenset()
    closed_by: frozenset[str] = frozenset()
    """Columns that tell whether the record is closed."""
    parent_key: str = ""
    """For a table with several rows a record: the column that names the record."""
    marks_deletion: bool = False
    recurring: str = ""
    """The column that marks a template."""


Facts = Mapping[str, TableFacts]
Node = TypeVar("Node", bound=exp.Expr)

# https://apidocs.bitrix24.com/api-reference/crm/deals/crm-deal-fields.html
_AMOUNTS = {
    "opportunity": "currency_id",
    "opportunity_account": "account_currency_id",
    "price": "currency_id",
    "tax_value": "currency_id",
}
_PLANNED = frozenset({"closedate", "close_date", "begindate", "begin_date"})
_CLOSED = frozenset({"closed", "stage_id", "stage_semantic_id", "opened", "stage"})
_PARENT_KEYS = ("owner_id", "entity_id", "deal_id", "lead_id", "company_id", "contact_id")
_CHILDREN = ("_multifields", "_product_rows", "product_rows", "_stage_history", "activities")
_SUMS = frozenset({"sum", "avg"})
_COUNTS = frozenset({"sum", "avg", "count"})


def facts_of(columns: Mapping[str, Sequence[str]]) -> dict[str, TableFacts]:
    """Tell from the names of a mirrored table's columns what they mean."""
    return {table: _facts(table, frozenset(names)) for table, names in columns.items()}


def _facts(table: str, names: frozenset[str]) -> TableFacts:
    is_child = any(table.endswith(ending) for ending in _CHILDREN)
    return TableFacts(
        amounts={a: c for a, c in _AMOUNTS.items() if {a, c} <= names},
        planned=_PLANNED & names if "opportunity" in names else frozenset(),
        closed_by=_CLOSED & names,
        parent_key=next((key for key in _PARENT_KEYS if is_child and key in names), ""),
        marks_deletion="_deleted_at" in names,
        recurring="is_recurring" if "is_recurring" in names else "",
    )


def warnings_of(checked: Checked, facts: Facts) -> list[Warned]:
    """List what is doubtful in a query, each thing once."""
    found: dict[Warned, None] = {}
    for select in checked.tree.find_all(exp.Select):
        for warned in _Look(select, checked, facts).all():
            found[warned] = None
    return list(found)


class _Look:
    def __init__(self, select: exp.Select, checked: Checked, facts: Facts) -> None:
        self._select = select
        self._tables: dict[str, str] = {}
        for source in sources_of(select):
            table = checked.scopes.tables.get(id(source))
            if table is not None and table in facts:
                self._tables[source.alias_or_name] = table
        self._facts = facts
        self._conditions = list(self._columns_of_conditions())

    def all(self) -> Iterator[Warned]:
        """Ask every question about one SELECT."""
        yield from self._deleted()
        yield from self._templates()
        yield from self._currencies()
        yield from self._planned()
        yield from self._multiplied()

    def _deleted(self) -> Iterator[Warned]:
        for name, table in self._tables.items():
            if self._facts[table].marks_deletion and not self._filters(name, {"_deleted_at"}):
                yield Warned(Doubt.DELETED_ROWS, table, "_deleted_at")

    def _templates(self) -> Iterator[Warned]:
        for name, table in self._tables.items():
            column = self._facts[table].recurring
            if column and not self._filters(name, {column}):
                yield Warned(Doubt.RECURRING_TEMPLATES, table, column)

    def _currencies(self) -> Iterator[Warned]:
        for column in self._aggregated(_SUMS):
            for name, table in self._of(column):
                currency = self._facts[table].amounts.get(column.name.lower())
                if currency and not self._tells_apart(name, currency):
                    yield Warned(Doubt.MIXED_CURRENCIES, table, column.name.lower())

    def _planned(self) -> Iterator[Warned]:
        for column in self._own(exp.Column):
            for name, table in self._of(column):
                facts = self._facts[table]
                is_planned = column.name.lower() in facts.planned
                if is_planned and not self._filters(name, facts.closed_by):
                    yield Warned(Doubt.PLANNED_DATE, table, column.name.lower())

    def _multiplied(self) -> Iterator[Warned]:
        """A child table beside another table multiplies what is added of the other."""
        if len(self._tables) < 2 or not joins_of(self._select):
            return
        children = {n for n, table in self._tables.items() if self._facts[table].parent_key}
        for column in self._aggregated(_COUNTS):
            for name, table in self._of(column):
                if children - {name}:
                    yield Warned(Doubt.MULTIPLIED_ROWS, table, column.name.lower())
        if children and self._counts_rows():
            first = next(iter(self._tables))
            yield Warned(Doubt.MULTIPLIED_ROWS, self._tables[first])

    def _counts_rows(self) -> bool:
        stars = (call for call in self._calls({"count"}) if call.find(exp.Star))
        return any(True for _ in stars)

    def _aggregated(self, functions: frozenset[str]) -> Iterator[exp.Column]:
        for call in self._calls(functions):
            if not call.find(exp.Distinct):
                yield from call.find_all(exp.Column)

    def _calls(self, functions: frozenset[str] | set[str]) -> Iterator[exp.Anonymous]:
        for call in self._own(exp.Anonymous):
            if call.name.lower() in functions:
                yield call

    def _own(self, kind: type[Node]) -> Iterator[Node]:
        """Nodes of this SELECT, without those of the queries inside it."""
        for node in self._select.walk(prune=lambda n: n is not self._select and _is_query(n)):
            if isinstance(node, kind):
                yield node

    def _of(self, column: exp.Column) -> Iterator[tuple[str, str]]:
        """The sources a column may be of."""
        for name, table in self._tables.items():
            if column.table in {"", name}:
                yield name, table

    def _columns_of_conditions(self) -> Iterator[exp.Column]:
        conditions = [self._select.args.get("where"), self._select.args.get("having")]
        conditions += [join.args.get("on") for join in joins_of(self._select)]
        conditions += list(self._own(exp.Filter)) + list(self._own(exp.Case))
        for condition in conditions:
            if condition is not None:
                yield from condition.find_all(exp.Column)

    def _filters(self, name: str, columns: set[str] | frozenset[str]) -> bool:
        """Whether a condition looks at one of the columns of a source."""
        return any(
            column.name.lower() in columns and column.table in {"", name}
            for column in self._conditions
        )

    def _tells_apart(self, name: str, currency: str) -> bool:
        group = self._select.args.get("group")
        grouped = list(group.find_all(exp.Column)) if group is not None else []
        numbered = {item.name for item in group.expressions} if group is not None else set()
        for at, item in enumerate(self._select.expressions, start=1):
            if str(at) in numbered or item.alias_or_name in {column.name for column in grouped}:
                grouped += list(item.find_all(exp.Column))
        apart = any(
            column.name.lower() == currency and column.table in {"", name} for column in grouped
        )
        return apart or self._filters(name, {currency})


def _is_query(node: exp.Expr) -> bool:
    return isinstance(node, exp.Query)
