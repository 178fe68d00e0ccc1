"""What a row of the portal has to look like in a table, whatever the database.

Written from the protocol, without a look at how the sync does it.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

EMPTY = (None, "", False, [], {})
YES = {"Y": True, "1": True, "true": True, "N": False, "0": False, "false": False}
LINKS = {
    *("user", "employee", "crm_lead", "crm_deal", "crm_contact", "crm_company", "crm_quote"),
    *("crm_entity", "iblock_section", "iblock_element"),
}

Row = Mapping[str, object]


def _instant(value: object) -> datetime:
    return datetime.fromisoformat(str(value)).astimezone(UTC).replace(tzinfo=None)


def _day(value: object) -> date:
    return datetime.fromisoformat(str(value)).astimezone(UTC).date()


def _link(value: object) -> int | None:
    return int(str(value)) or None


EXPECTED: dict[str, Callable[[object], object]] = {
    "integer": lambda value: int(str(value)),
    "crm_category": lambda value: int(str(value)),
    "double": lambda value: Decimal(str(value)),
    "char": lambda value: YES[str(value)],
    "boolean": lambda value: YES[str(value)],
    "date": _day,
    "datetime": _instant,
    "enumeration": lambda value: None if str(value) == "0" else str(value),
    **dict.fromkeys(LINKS, _link),
}


def _expected(kind: str, value: object) -> object:
    if kind == "file":
        return int(str(value["id"])) if isinstance(value, Mapping) else None
    if kind == "boolean" and isinstance(value, bool):
        return value
    # A number of items comes as a number, and 0 equals False.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None or (value in EMPTY and not is_number):
        return None
    return EXPECTED.get(kind, str)(value)


def _stored(kind: str, value: object) -> object:
    """Bring the drivers' types of one value together."""
    if kind in {"char", "boolean"}:
        return None if value is None else bool(value)
    if kind == "double":
        return None if value is None else Decimal(str(value))
    if kind == "file":
        return None if value is None else int(str(value))
    # PostgreSQL has no NUL in texts: its visible symbol stands in its place.
    return None if value == "" else value.replace("␀", "\0") if isinstance(value, str) else value


def _plain(kind: str, value: object) -> str:
    """What one element of a list of values must say, whatever its JSON type."""
    expected = _expected(kind, value)
    return str(expected if expected is not None else value)


def differences(
    fields: Mapping[str, Row], shown: Row, row: Row, *, column: Callable[[str], str] = str.lower
) -> list[str]:
    """Name the fields of a row that are not stored as they are shown.

    Args:
        fields: The portal's description of the object.
        shown: The row as the portal shows it.
        row: The row of our table.
        column: Names the column of a code.
    """
    found = []
    for code, field in fields.items():
        kind, value, name = str(field["type"]), shown.get(code), column(code)
        if kind == "crm_multifield" and not field["isMultiple"]:
            continue
        if kind == "money" and not field["isMultiple"]:
            pair = row[name], row[f"{name}_currency"]
            if not _same_money(value, *pair):
                found.append(f"{code}: shown {value!r}, stored {pair}")
            continue
        if field["isMultiple"] and kind != "crm_multifield":
            same = _same_list(kind, value, row[name])
        elif kind == "crm_multifield":
            same = _same_first(value, row[name])
        else:
            same = _expected(kind, value) == _stored(kind, row[name])
        if not same:
            found.append(f"{code} ({kind}): shown {value!r}, stored {row[name]!r}")
    return found


def _same_list(kind: str, value: object, stored: object) -> bool:
    values = value if isinstance(value, list) else []
    kept = json.loads(str(stored)) if stored else []
    return [_plain(kind, item) for item in values] == [
        str(Decimal(str(item))) if kind == "double" else str(item) for item in kept
    ] or [Decimal(str(v)) for v in values] == [Decimal(str(k)) for k in kept]


def _same_first(value: object, stored: object) -> bool:
    first = value[0]["VALUE"] if isinstance(value, list) and value else None
    return (first or None) == (stored or None)


def _same_money(value: object, amount: object, currency: object) -> bool:
    digits, _, code = str(value or "").rpartition("|")
    return (Decimal(digits) if digits else None) == amount and (code or None) == (currency or None)
