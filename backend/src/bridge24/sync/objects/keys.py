"""One number for a key of several parts, or of letters; different keys never share one."""

KEY = "ID"
"""The code under which a row carries the number."""

BITS = 63
"""All that a positive BIGINT has."""
_LETTERS = 7


def packed(*parts: tuple[object, int]) -> int | None:
    """Join whole numbers, the first one weightiest, each with the bits it may take.

    Returns:
        None when a part is no number or takes more: such a row has no usable key, and is
        set aside rather than mistaken for another.

    >>> packed((2, 31), (5, 32))
    8589934597
    >>> packed((2, 31), (2**32, 32)) is None
    True
    """
    number = 0
    for told, bits in parts:
        part = _whole(told)
        if part is None or part >> bits:
            return None
        number = number << bits | part
    return number


def spelled(code: object) -> int | None:
    """Read up to seven ASCII letters as a number: ``RUB``.

    >>> spelled("RUB"), spelled("")
    (5395778, None)
    """
    text = str(code or "")
    if not text.isascii() or not 0 < len(text) <= _LETTERS:
        return None
    return int.from_bytes(text.encode(), "big")


def _whole(told: object) -> int | None:
    text = str(told)
    return int(text) if text.isascii() and text.isdigit() else None
