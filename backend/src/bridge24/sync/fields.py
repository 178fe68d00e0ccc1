"""From a portal's field descriptions to the columns of a table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bridge24.bitrix.fields import Field
from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.names import Names, snake_case
from bridge24.sync.sqltypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    MONEY,
    TEXT,
    TIMESTAMP,
    VARCHAR,
    Dialect,
    SqlType,
)

SKIPPED = (
    "SEARCH_CONTENT",
    "searchContent",
    # Of tasks, the people as they are now: https://apidocs.bitrix24.com/api-reference/tasks/fields.html
    "creator",
    "responsible",
    "auditorsData",
    "accomplicesData",
)
"""Copies of what is kept elsewhere; they change without their record being changed."""

# https://apidocs.bitrix24.com/api-reference/crm/data-types.html
_TYPES: dict[str, tuple[Family, SqlType]] = {
    "string": (Family.TEXT, VARCHAR),
    "text": (Family.TEXT, TEXT),
    "integer": (Family.INTEGER, BIGINT),
    "int": (Family.INTEGER, BIGINT),
    "double": (Family.NUMBER, DOUBLE),
    "boolean": (Family.BOOLEAN, BOOLEAN),
    "char": (Family.BOOLEAN, BOOLEAN),
    "date": (Family.DATE, DATE),
    "datetime": (Family.DATETIME, TIMESTAMP),
    "enumeration": (Family.CHOICE, VARCHAR),
    "crm_multifield": (Family.MULTIFIELD, VARCHAR),
    "crm_status": (Family.TEXT, VARCHAR),
    "crm_currency": (Family.TEXT, VARCHAR),
    "crm": (Family.TEXT, VARCHAR),
    "crm_category": (Family.INTEGER, BIGINT),
    "file": (Family.FILE, BIGINT),
    "diskfile": (Family.FILE, BIGINT),
}
_REFERENCES = {
    "user",
    "employee",
    "location",
    "crm_lead",
    "crm_deal",
    "crm_contact",
    "crm_company",
    "crm_quote",
    "crm_entity",
    "iblock_element",
    "iblock_section",
}
_MONEY = re.compile(r"OPPORTUNITY|REVENUE|TAXVALUE|PRICE|AMOUNT|COST$|SUM$")
_PLURALS = {
    "activity": "activities",
    "address": "addresses",
    "company": "companies",
    "contact_company": "contact_companies",
    "currency": "currencies",
    "status": "statuses",
}
_UNCOUNTED = re.compile(r"_history$|^dynamic_\d+$")


class FieldMapper:
    """Names and types the columns of mirrored tables for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect: Dialect = dialect

    def columns(
        self, entity_name: str, fields: Sequence[Field], *, named: Mapping[str, str] | None = None
    ) -> Layout:
        """Lay out the table of an entity (``deal`` → ``crm_deals``).

        The order of columns is that of the fields, the key first. Two codes that fold to
        one name, reserved names and names that are too long get a name of their own.

        Args:
            entity_name: Whose table.
            fields: What the portal says of it.
            named: What ``names`` gave; for a table that is not made yet it may be left out.

        Raises:
            ValueError: When no field is the record's ID.
        """
        kept = {field.code: field for field in fields if field.code not in SKIPPED}
        key = next((field for field in kept.values() if _is_key(field)), None)
        if key is None:
            raise ValueError(f"the fields of {entity_name!r} do not include an ID")
        del kept[key.code]
        columns = [Column("id", key.code, Family.KEY, BIGINT, _comment(key), nullable=False)]
        names = named or self.names(fields)
        for field in kept.values():
            columns.extend(_of_field(field, names))
        table = table_name(entity_name, self._dialect)
        has_child = any(column.family is Family.MULTIFIELD for column in columns)
        return Layout(
            dialect=self._dialect,
            table=table,
            columns=tuple(columns),
            child=f"{table}_multifields" if has_child else None,
            skipped=SKIPPED,
        )

    def names(
        self, fields: Sequence[Field], *, given: Mapping[str, str] = MappingProxyType({})
    ) -> dict[str, str]:
        """Name every column; whoever needs no folding keeps the plain name, in any order.

        Args:
            fields: What the portal says of an object; its key is not named here.
            given: Names that the table's columns have already: they stay, and are not given
                to another code, not even when their own has vanished.
        """
        names = Names(self._dialect)
        for name in given.values():
            names.reserve(name)
        others = [each for each in fields if each.code not in SKIPPED and not _is_key(each)]
        codes = sorted(
            (field.code.lower() != snake_case(field.code), field.code) for field in others
        )
        money = sorted(field.code for field in others if _is_split(field))
        wanted = [code for _, code in codes] + [_currency(code) for code in money]
        return {code: given.get(code) or names.take(code) for code in dict.fromkeys(wanted)}


def table_name(entity_name: str, dialect: Dialect) -> str:
    """Name the table of an entity: ``company`` → ``crm_companies``."""
    plural = _PLURALS.get(entity_name, f"{entity_name}s")
    if _UNCOUNTED.search(entity_name):
        plural = entity_name
    # Room for "_multifields" is left.
    return Names(dialect, room=12).take(f"crm_{plural}")


def column_type(field: Field) -> tuple[Family, SqlType]:
    """Choose how one value of a field is read and kept; unknown types are texts."""
    if field.type in _REFERENCES:
        return Family.REFERENCE, BIGINT
    if field.type.startswith("crm_enum_"):
        return Family.INTEGER, BIGINT
    family, type_ = _TYPES.get(field.type, (Family.TEXT, TEXT))
    if family is Family.NUMBER and not field.custom and _is_money(field.code):
        return family, MONEY
    return family, type_


def _is_money(code: str) -> bool:
    return _MONEY.search(code.upper().replace("_", "")) is not None


def _of_field(field: Field, names: Mapping[str, str]) -> list[Column]:
    family, type_ = column_type(field)
    multiple = field.multiple and family is not Family.MULTIFIELD
    column = Column(
        name=names[field.code],
        code=field.code,
        family=family,
        type=TEXT if multiple else type_,
        comment=_comment(field),
        multiple=multiple,
    )
    if not _is_split(field):
        return [column]
    # ``1234.50|RUB`` is an amount and a currency.
    amount = replace(column, family=Family.AMOUNT, type=MONEY)
    name = names[_currency(field.code)]
    return [amount, replace(amount, name=name, family=Family.CURRENCY, type=VARCHAR)]


def _is_key(field: Field) -> bool:
    return field.code.upper() == "ID"


def _is_split(field: Field) -> bool:
    return field.type == "money" and not field.multiple


def _currency(code: str) -> str:
    return f"{code}_currency"


def _comment(field: Field) -> str:
    """Join the labels of all languages, without repeating one."""
    labels = [field.title, *(field.labels[language] for language in sorted(field.labels))]
    told = dict.fromkeys(label.strip().replace("\0", "") for label in labels if label.strip())
    return " / ".join(told)[:1000]
