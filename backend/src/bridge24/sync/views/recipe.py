"""Which columns of a table have words, and where those are found; pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from bridge24.bitrix import crm
from bridge24.bitrix.fields import Field
from bridge24.sync.fields import table_name
from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.objects.sources import COMMENTS
from bridge24.sync.views.links import PEOPLE, TITLE, Link, links_of, to_everything

Kind = Literal["record", "links", "word", "options", "fixed"]

NAME = ("name",)
CURRENCIES = "@currency"
EVERYBODY = ("user", "@people")
"""Whose options are the names of all people."""
EVERYTHING = "@everything"
"""Links to records of any kind, those of all smart processes too."""


@dataclass(frozen=True, slots=True)
class Label:
    """Where the words of one column come from."""

    column: str
    kind: Kind
    """``record``: the name of another table's row; ``links``: names of records of several
    tables or in a list; ``word``: a dictionary; ``options``: of the field itself; ``fixed``:
    words of ours."""
    of: str = ""
    """The other table, the dictionary, the kind of the fixed words, or all that is mirrored."""
    parts: tuple[str, ...] = ()
    """The columns of a record that make up its name."""
    instead: str = ""
    """The column of a record that stands in for a name that is empty."""
    code: str = ""
    """The field's own code, where it has options."""
    options: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = ()
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a labelled view is made from, without regard to what is in the database."""

    entity: str
    table: str
    child: str | None
    labels: tuple[Label, ...]
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Column → language → the portal's label; the language "" is the portal's own."""

    def to_json(self) -> str:
        """Write it down."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """Read what ``to_json`` wrote."""
        plain = json.loads(text)
        labels = tuple(_label_of(**label) for label in plain.pop("labels"))
        return cls(**plain, labels=labels)


def _label_of(
    *,
    parts: Sequence[str],
    options: Sequence[Sequence[str]],
    links: Sequence[Mapping[str, object]],
    **plain: object,
) -> Label:
    pairs = tuple((code, word) for code, word in options)
    return Label(parts=tuple(parts), options=pairs, links=tuple(map(_link_of, links)), **plain)  # type: ignore[arg-type]


def _link_of(plain: Mapping[str, object]) -> Link:
    return Link(**{**plain, "parts": tuple(plain["parts"])})  # type: ignore[arg-type]


Options = Mapping[tuple[str, str], Sequence[tuple[str, str]]]
"""(object, field's code) → its options in the portal's order."""


def with_options(recipe: Recipe, told: Options) -> Recipe:
    """Take the options that were read last for those the fields were described with."""
    labels = []
    for label in recipe.labels:
        key = EVERYBODY if label.of == EVERYBODY[1] else (recipe.entity, label.code)
        labels.append(replace(label, options=tuple(told.get(key, label.options))))
    return replace(recipe, labels=tuple(labels))


def recipe_for(entity: crm.Entity, layout: Layout, fields: Sequence[Field]) -> Recipe:
    """Say which words a table needs."""
    described = {each.code: each for each in fields}
    known = [(column, described.get(column.code)) for column in layout.columns]
    labels = [_label(entity, column, each, layout) for column, each in known if each]
    return Recipe(
        entity=entity.name,
        table=layout.table,
        child=layout.child,
        labels=tuple(label for label in labels if label),
        titles={column.name: {"": each.title, **each.labels} for column, each in known if each},
    )


_RECORDS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "user": ("user", PEOPLE),
        "employee": ("user", PEOPLE),
        "crm_company": ("company", TITLE),
        "crm_contact": ("contact", PEOPLE),
        "crm_lead": ("lead", TITLE),
        "crm_deal": ("deal", TITLE),
        "crm_quote": ("quote", TITLE),
    }
)
_PEOPLE_TYPES = frozenset({"user", "employee"})
# Methods that describe these as plain numbers.
_USERS = frozenset(
    {
        "assigned_by_id",
        "author_id",
        "changed_by",
        "closed_by",
        "created_by",
        "created_by_id",
        "editor_id",
        "modify_by_id",
        "moved_by",
        "portal_user_id",
        "responsible_id",
        "status_changed_by",
        "uf_head",
        "updated_by",
    }
)
_FIXED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("call", "call_type"): "call_type",
        ("activity", "direction"): "activity_direction",
        ("activity", "priority"): "activity_priority",
        ("activity", "status"): "activity_status",
        ("activity", "type_id"): "activity_type",
        ("activity", "owner_type_id"): "owner_type",
        ("requisite", "entity_type_id"): "owner_type",
        ("bank_detail", "entity_type_id"): "owner_type",
    }
)
_SEMANTICS = frozenset({"stage_semantic_id", "status_semantic_id"})
_SMART = re.compile(r"smart_invoice|dynamic_\d+")
_SMART_STAGES = frozenset({"stage_id", "previous_stage_id"})
_HISTORY = re.compile(r"(.+)_stage_history")
_STAGES = re.compile(r"(DEAL_STAGE|SMART_INVOICE_STAGE|DYNAMIC_\d+_STAGE)(_\d+)?")


def _label(entity: crm.Entity, column: Column, each: Field, layout: Layout) -> Label | None:
    if column.family is Family.CURRENCY or each.type == "crm_currency":
        return Label(column.name, "word", CURRENCIES)
    if column.multiple:
        return _of_list(column, each, layout)
    if column.family is Family.BOOLEAN:
        return Label(column.name, "fixed", "yes_no")
    if each.options and column.family is Family.CHOICE:
        return _options(column, each)
    if column.family in {Family.MULTIFIELD, Family.AMOUNT, Family.FILE}:
        return None
    return _by_name(entity, column.name, layout) or _by_type(entity, column, each, layout)


def _of_list(column: Column, each: Field, layout: Layout) -> Label | None:
    if column.family is Family.CHOICE and each.options:
        return _options(column, each)
    if each.type in _PEOPLE_TYPES:
        return Label(column.name, "options", EVERYBODY[1], code=each.code, multiple=True)
    return _links(column, each, layout) if each.type in {"crm", *_RECORDS} else None


def _options(column: Column, each: Field) -> Label:
    options, several = tuple(each.options.items()), column.multiple
    return Label(column.name, "options", code=each.code, options=options, multiple=several)


def _by_name(entity: crm.Entity, name: str, layout: Layout) -> Label | None:
    """Know columns that the portal describes as plain numbers and texts."""
    if name in _USERS:
        return _record(name, "user", PEOPLE, layout)
    if name in _SEMANTICS:
        return Label(name, "fixed", "semantics")
    if kind := _FIXED.get((entity.name, name)):
        return Label(name, "fixed", kind)
    if (entity.name, name) == ("department", "parent"):
        return _record(name, "department", NAME, layout)
    return _by_object(entity, name, layout)


def _by_object(entity: crm.Entity, name: str, layout: Layout) -> Label | None:
    """Know columns of smart processes, and of what belongs to other objects."""
    if name in _SMART_STAGES and _SMART.fullmatch(entity.name):
        return Label(name, "word", dictionary_of_stages(entity.name))
    if name == "entity_id" and entity.name.endswith(COMMENTS):
        owner = entity.name.removesuffix(COMMENTS)
        return _record(name, owner, PEOPLE if owner == "contact" else TITLE, layout)
    history = _HISTORY.fullmatch(entity.name)
    return _of_history(history[1], name, layout) if history else None


def _of_history(entity: str, name: str, layout: Layout) -> Label | None:
    if name == "category_id":
        return _record(name, f"{entity}_funnel", NAME, layout)
    if name in {"stage_id", "status_id"}:
        return Label(name, "word", dictionary_of_stages(entity))
    return None


def _by_type(entity: crm.Entity, column: Column, each: Field, layout: Layout) -> Label | None:
    name = column.name
    if each.type in _RECORDS:
        return _record(name, *_RECORDS[each.type], layout)
    if each.type == "crm":
        return _links(column, each, layout)
    if each.type == "crm_category":
        return _record(name, f"{entity.name}_funnel", NAME, layout)
    if each.type == "crm_entity":
        parent = str(each.settings.get("parentEntityTypeId", ""))
        return _record(name, f"dynamic_{parent}", TITLE, layout) if parent.isdigit() else None
    if each.type == "crm_status" and each.status_type:
        return Label(name, "word", dictionary(each.status_type))
    return None


def _links(column: Column, each: Field, layout: Layout) -> Label | None:
    links = links_of(each, layout.dialect)
    of = EVERYTHING if to_everything(each) else ""
    told = Label(column.name, "links", of, links=links, multiple=column.multiple)
    return told if links else None


def _record(column: str, entity: str, parts: tuple[str, ...], layout: Layout) -> Label:
    instead = "email" if entity == "user" else ""
    table = table_name(entity, layout.dialect)
    return Label(column, "record", table, parts=parts, instead=instead)


def dictionary(status_type: str) -> str:
    """Name the dictionary of a status: the stages of all funnels of an object are one.

    https://apidocs.bitrix24.com/api-reference/crm/status/crm-status-entity-types.html

    >>> dictionary("DEAL_STAGE_4"), dictionary("DYNAMIC_1268_STAGE_52"), dictionary("SOURCE")
    ('DEAL_STAGE', 'DYNAMIC_1268_STAGE', 'SOURCE')
    """
    stages = _STAGES.fullmatch(status_type)
    return stages[1] if stages else status_type


def dictionary_of_stages(entity: str) -> str:
    """Name the dictionary of an object's stages."""
    return "STATUS" if entity == "lead" else f"{entity.upper()}_STAGE"


def label_name(column: str, kind: Kind) -> str:
    """Name the column of words: ``stage_id`` → ``stage``, ``closed`` → ``closed_label``."""
    named = {"assigned_by_id": "responsible", "modify_by_id": "modified_by"}
    if column in named:
        return named[column]
    if column == "category_id":
        return "funnel"
    if column.endswith("_id") and len(column) > len("_id"):
        return column.removesuffix("_id")
    return f"{column}_name" if kind in {"record", "links"} else f"{column}_label"
