"""Numbers, booleans and money out of the strings and numbers a portal sends.

Empties by declared type: https://apidocs.bitrix24.com/api-reference/crm/data-types.html
"""

import re
from decimal import Decimal

from bridge24.sync.readers.texts import is_empty, read_text

_INTEGER = re.compile(r"-?[0-9]{1,1000}")
_DECIMAL = re.compile(r"-?([0-9]{1,1000}(\.[0-9]{0,1000})?|\.[0-9]{1,1000})([eE][+-]?[0-9]{1,3})?")

_BOOLEANS: dict[object, bool] = {
    "Y": True,
    "N": False,
    "y": True,
    "n": False,
    "1": True,
    "0": False,
    "true": True,
    "false": False,
}


def read_integer(raw: object) -> int | Decimal | str | None:
    """Read a whole number; what is none comes back as a Decimal or as the text it is."""
    if isinstance(raw, str) and _INTEGER.fullmatch(raw):
        return int(raw)
    number = read_number(raw)
    if isinstance(number, Decimal) and number == number.to_integral_value():
        return int(number)
    return number


def read_reference(raw: object) -> int | Decimal | str | None:
    """Read the id of another record: 0 is how a portal spells "none"."""
    return read_integer(raw) or None


def read_number(raw: object) -> Decimal | str | None:
    """Read a decimal number exactly: no binary rounding, no locale."""
    if is_empty(raw):
        return None
    if isinstance(raw, bool):
        return Decimal(int(raw))
    if isinstance(raw, int | float):
        return Decimal(repr(raw))
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
        return Decimal(raw)
    return read_text(raw)


def read_boolean(raw: object) -> bool | str | None:
    """Read yes or no in any of a portal's spellings: Y/N, 1/0, true/false, "", null."""
    if isinstance(raw, bool):
        return raw
    if is_empty(raw):
        return None
    if isinstance(raw, int | float) and raw in {0, 1}:
        return bool(raw)
    return _BOOLEANS[raw] if isinstance(raw, str) and raw in _BOOLEANS else read_text(raw)


def read_amount(raw: object) -> Decimal | str | None:
    """Read the sum of ``1234.50|RUB``."""
    if isinstance(raw, str) and "|" in raw:
        return read_number(raw.rsplit("|", 1)[0])
    return read_number(raw)


def read_currency(raw: object) -> str | None:
    """Read the currency of ``1234.50|RUB``."""
    if isinstance(raw, str) and "|" in raw:
        return raw.rsplit("|", 1)[1] or None
    return None
