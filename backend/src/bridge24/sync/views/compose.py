"""The SQL of a labelled view, from its recipe and what is in the database; pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bridge24.sync.layout import OVERFLOW
from bridge24.sync.names import LONGEST
from bridge24.sync.sqltypes import Dialect, SqlType
from bridge24.sync.views.linking import MOST_JOINS, Joining, Looking
from bridge24.sync.views.links import Link, smart_links
from bridge24.sync.views.recipe import EVERYBODY, EVERYTHING, Label, Recipe, label_name
from bridge24.sync.views.spelling import Spelling
from bridge24.sync.views.words import (
    IN_WORDS,
    SERVICE_COMMENTS,
    VIEW_COMMENT,
    Language,
    fixed,
    in_language,
)

Tables = Mapping[str, Mapping[str, SqlType | None]]
"""Every mirrored table: column → type, None for one we never use."""

MAX_JOINS = 45
"""MySQL joins 61 tables at most, and the analyst wants to join some of his own.
https://dev.mysql.com/doc/refman/8.4/en/join.html"""
MAX_OPTIONS, MAX_LISTED = 1_000, 100
"""Options written into a view; those of a list are replaced one inside the other."""
_LEFT_AWAY = frozenset({"_deleted_at", "_raw_hash", OVERFLOW})


@dataclass(frozen=True, slots=True)
class View:
    """A view ready to be made."""

    name: str
    select: str
    columns: Mapping[str, str]
    """Column → comment, in order."""
    comment: str

    @property
    def digest(self) -> str:
        """Differs whenever something of the view does."""
        told = repr((self.name, self.select, dict(self.columns), self.comment))
        return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def view_name(table: str) -> str:
    """Name the labelled view of a table: ``crm_deals`` → ``v_crm_deals``."""
    return f"v_{table}"


def compose(
    recipe: Recipe, tables: Tables, *, dialect: Dialect, language: Language, order: Sequence[str]
) -> View:
    """Write the view of an object.

    Args:
        recipe: Which columns have words.
        tables: What is there; a name whose table is missing stays a code.
        dialect: Of the database.
        language: Of the words of ours and of the comments.
        order: The columns of the view as it stands. They keep their places and new ones
            follow, so that it can be replaced without dropping what stands on it.
    """
    writing = _Writing(recipe, tables, dialect, language)
    # Links come last: they take many joins where they take any.
    for label in sorted(recipe.labels, key=lambda each: each.kind == "links"):
        if label.column in writing.actual:
            writing.add(label)
    places = {name: place for place, name in enumerate(order)}
    names = sorted(writing.chosen, key=lambda name: places.get(name, len(places)))
    spell = writing.spell
    listed = ",\n  ".join(f"{writing.chosen[name]} AS {spell.name(name)}" for name in names)
    source = "\n".join([f"FROM {spell.name(recipe.table)} d", *writing.joins])
    return View(
        name=view_name(recipe.table),
        select=f"SELECT\n  {listed}\n{source}\nWHERE d.{spell.name('_deleted_at')} IS NULL",
        columns=MappingProxyType({name: writing.comments.get(name, "") for name in names}),
        comment=VIEW_COMMENT[language].format(table=recipe.table),
    )


class _Writing:
    """The parts of a view while it is being written."""

    def __init__(
        self, recipe: Recipe, tables: Tables, dialect: Dialect, language: Language
    ) -> None:
        self.spell = Spelling(dialect)
        self.actual = tables[recipe.table]
        self.joins: list[str] = []
        self.comments: dict[str, str] = {}
        self.chosen: dict[str, str] = {}
        self._recipe, self._tables = recipe, tables
        self._language: Language = language
        self._labels = {label.column: label for label in recipe.labels}
        self._names = _LabelNames(self.actual, dialect)
        for name in self.actual:
            if name not in _LEFT_AWAY:
                self.chosen[name] = f"d.{self.spell.name(name)}"
                self.comments[name] = self._title(name)

    def add(self, label: Label) -> None:
        """Add the words of a column."""
        name = self._names.take(label_name(label.column, label.kind))
        self.chosen[name] = self._words(label)
        title = self._title(label.column) or label.column
        self.comments[name] = f"{title}: {IN_WORDS[self._language]}"
        # Beside its code: sorted() is stable, and a dict keeps its order.
        self.chosen = _moved_after(self.chosen, name, label.column)

    def _title(self, column: str) -> str:
        if column in SERVICE_COMMENTS:
            return in_language(SERVICE_COMMENTS[column], self._language)
        titles = self._recipe.titles.get(column, {})
        return (titles.get(self._language) or titles.get("") or "").replace("\0", "")

    def _words(self, label: Label) -> str:
        code = f"d.{self.spell.name(label.column)}"
        if label.kind == "fixed":
            return self._fixed(label, code)
        if label.kind == "options":
            return self._options(label, code)
        if label.kind == "links":
            return self._links(label, code)
        if len(self.joins) >= MAX_JOINS:
            return self.spell.text(code)
        found = self._record(label, code) if label.kind == "record" else self._word(label, code)
        return f"COALESCE({found}, {self.spell.text(code)})" if found else self.spell.text(code)

    def _fixed(self, label: Label, code: str) -> str:
        words = fixed(label.of, self._language)
        type_ = self.actual[label.column]
        if label.of != "yes_no" or type_ is None or type_.name != "BOOLEAN":
            return self.spell.chosen(code, list(words.items()))
        yes, no = self.spell.literal(words["Y"]), self.spell.literal(words["N"])
        return f"CASE WHEN {code} THEN {yes} WHEN NOT {code} THEN {no} END"

    def _options(self, label: Label, code: str) -> str:
        most = MAX_LISTED if label.multiple else MAX_OPTIONS
        if len(label.options) > most:
            return self.spell.text(code)
        if label.of == EVERYBODY[1]:
            return self.spell.chosen_numbers(code, label.options)
        spelled = self.spell.chosen_list if label.multiple else self.spell.chosen
        return spelled(code, label.options)

    def _record(self, label: Label, code: str) -> str | None:
        """Join another mirrored table by its key; NULL where that has no such row."""
        other = self._tables.get(label.of, {})
        alias = f"r{len(self.joins) + 1}"
        parts = [f"{alias}.{self.spell.name(part)}" for part in label.parts if part in other]
        if not parts:
            return None
        type_ = self.actual[label.column]
        key = self.spell.number(code) if type_ is None or type_.is_text else code
        self.joins.append(f"LEFT JOIN {self.spell.name(label.of)} {alias} ON {alias}.id = {key}")
        name = self.spell.full_name(parts)
        if label.instead not in other:
            return name
        return f"{name}, {alias}.{self.spell.name(label.instead)}"

    def _links(self, label: Label, code: str) -> str:
        """Name records of several tables, of those that are mirrored."""
        wanted = [
            *label.links,
            *(smart_links(list(self._tables)) if label.of == EVERYTHING else ()),
        ]
        links = [each for link in wanted if (each := self._there(link))]
        type_ = self.actual[label.column]
        text = code if type_ is not None and type_.is_text else self.spell.text(code)
        linking = Looking(self.spell) if self.spell.dialect == "postgresql" else self._joining()
        return linking.several(text, links) if label.multiple else linking.one(text, links)

    def _joining(self) -> Joining:
        room = min(MOST_JOINS, MAX_JOINS - len(self.joins))
        return Joining(self.spell, self.joins, room=room)

    def _there(self, link: Link) -> Link | None:
        """Leave away parts of a name that are not mirrored."""
        other = self._tables.get(link.table, {})
        parts = tuple(part for part in link.parts if part in other)
        return replace(link, parts=parts) if parts else None

    def _word(self, label: Label, code: str) -> str:
        alias = f"w{len(self.joins) + 1}"
        type_ = self.actual[label.column]
        key = code if type_ is not None and type_.is_text else self.spell.text(code)
        self.joins.append(
            f"LEFT JOIN sync_word {alias} ON {alias}.dictionary = {self.spell.literal(label.of)} "
            f"AND {alias}.code = {key}"
        )
        return f"{alias}.word"


def _moved_after(columns: dict[str, str], name: str, neighbour: str) -> dict[str, str]:
    moved: dict[str, str] = {}
    for each, expression in columns.items():
        if each != name:
            moved[each] = expression
        if each == neighbour:
            moved[name] = columns[name]
    return moved


class _LabelNames:
    """Names that no column of the table has: a real column keeps its name in any case."""

    def __init__(self, actual: Mapping[str, object], dialect: Dialect) -> None:
        self._taken = set(actual)
        self._longest = LONGEST[dialect]

    def take(self, wanted: str) -> str:
        free = (
            name
            for name in (wanted, f"{wanted}_label")
            if name not in self._taken and len(name) <= self._longest
        )
        name = next(free, None) or self._digested(wanted)
        self._taken.add(name)
        return name

    def _digested(self, wanted: str) -> str:
        digest = hashlib.sha256(wanted.encode()).hexdigest()[:8]
        return f"{wanted[: self._longest - 9]}_{digest}"


def compose_child(
    recipe: Recipe, tables: Tables, *, dialect: Dialect, language: Language
) -> View | None:
    """Write the view of phones, e-mails …; None where the object has none."""
    if recipe.child is None or recipe.child not in tables:
        return None
    spell = Spelling(dialect)
    owner = tables[recipe.table]
    parts = next((p for p in (("title",), ("name", "last_name")) if set(p) <= owner.keys()), ())
    named = spell.full_name([f"d.{spell.name(part)}" for part in parts]) if parts else "NULL"
    type_ = spell.chosen("m.type_id", list(fixed("multifield_type", language).items()))
    chosen = {
        "owner_id": "m.owner_id",
        "owner": f"COALESCE({named}, {spell.text('m.owner_id')})",
        "id": "m.id",
        "type_id": "m.type_id",
        "type": type_,
        "value_type": "m.value_type",
        "value": "m.value",
    }
    listed = ",\n  ".join(f"{each} AS {spell.name(name)}" for name, each in chosen.items())
    return View(
        name=view_name(recipe.child),
        select=f"SELECT\n  {listed}\nFROM {spell.name(recipe.child)} m\n"
        f"JOIN {spell.name(recipe.table)} d ON d.id = m.owner_id AND d._deleted_at IS NULL",
        columns=MappingProxyType(dict.fromkeys(chosen, "")),
        comment=VIEW_COMMENT[language].format(table=recipe.child),
    )
