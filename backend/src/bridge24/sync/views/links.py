"""Which records of the CRM a field may point to, and how it writes them; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bridge24.bitrix.fields import Field
from bridge24.sync.fields import table_name
from bridge24.sync.sqltypes import Dialect

PEOPLE, TITLE = ("name", "last_name"), ("title",)

# https://apidocs.bitrix24.com/api-reference/crm/data-types.html#object_type
_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "LEAD": ("L", "lead"),
        "DEAL": ("D", "deal"),
        "CONTACT": ("C", "contact"),
        "COMPANY": ("CO", "company"),
        "QUOTE": ("Q", "quote"),
        "SMART_INVOICE": ("SI", "smart_invoice"),
    }
)
_OF_TYPE = MappingProxyType({f"crm_{kind.lower()}": kind for kind in _KINDS})
_SMART = re.compile(r"DYNAMIC_(\d+)")
_SMART_TABLE = re.compile(r"crm_dynamic_(\d+)")


@dataclass(frozen=True, slots=True)
class Link:
    """One kind of records a field may point to."""

    prefix: str
    """What stands before the id: ``D`` in ``D_5``."""
    table: str
    parts: tuple[str, ...]
    """The columns that make up a record's name."""
    bare: bool = False
    """The id may stand alone: the field points to records of this kind only."""


def links_of(each: Field, dialect: Dialect) -> tuple[Link, ...]:
    """Say what a field may point to; a ``crm`` field that does not say, to everything.

    https://apidocs.bitrix24.com/api-reference/crm/universal/user-defined-fields/userfield-type.html
    """
    if each.type in _OF_TYPE:
        return (_link(_OF_TYPE[each.type], dialect, bare=True),)
    chosen = [kind for kind, yes in each.settings.items() if yes in ("Y", True)]
    kinds = [kind for kind in chosen or _KINDS if kind in _KINDS or _SMART.fullmatch(kind)]
    return tuple(_link(kind, dialect, bare=len(chosen) == 1) for kind in kinds)


def to_everything(each: Field) -> bool:
    """Whether a ``crm`` field does not say to which kinds it points: as that of tasks."""
    return each.type == "crm" and not any(yes in ("Y", True) for yes in each.settings.values())


def smart_links(tables: Sequence[str]) -> list[Link]:
    """List the smart processes that are mirrored: ``T80_5`` is item 5 of type 128."""
    found = [(table, _SMART_TABLE.fullmatch(table)) for table in tables]
    return [_smart(number[1], table) for table, number in found if number]


def _link(kind: str, dialect: Dialect, *, bare: bool) -> Link:
    smart = _SMART.fullmatch(kind)
    if smart:
        return _smart(smart[1], table_name(f"dynamic_{smart[1]}", dialect), bare=bare)
    prefix, entity = _KINDS[kind]
    parts = PEOPLE if entity == "contact" else TITLE
    return Link(prefix, table_name(entity, dialect), parts, bare)


def _smart(number: str, table: str, *, bare: bool = False) -> Link:
    return Link(f"T{int(number):x}", table, TITLE, bare)
