"""Layouts, rows and hostile values that compiled and plain typing are compared with."""

import json
from typing import Any

from hypothesis import strategies as st
from msgspec import Raw

from bridge24.bitrix.rows import UnparsedRows
from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.native.binding import compiled
from bridge24.sync.native.lists import ListTypist
from bridge24.sync.sqltypes import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    LONGTEXT,
    MONEY,
    NUMERIC,
    TEXT,
    TIMESTAMP,
    TIMESTAMP_MICROS,
    VARCHAR,
    Dialect,
    SqlType,
)

DIALECTS: list[Dialect] = ["postgresql", "mysql"]
KEY = Column("id", "ID", Family.KEY, BIGINT, nullable=False)
SHORT = SqlType("VARCHAR", 5)
KINDS: list[tuple[Family, SqlType]] = [
    (Family.INTEGER, BIGINT),
    (Family.INTEGER, VARCHAR),
    (Family.INTEGER, NUMERIC),
    (Family.REFERENCE, BIGINT),
    (Family.NUMBER, DOUBLE),
    (Family.NUMBER, MONEY),
    (Family.NUMBER, SqlType("NUMERIC", 20, 4)),
    (Family.AMOUNT, MONEY),
    (Family.CURRENCY, VARCHAR),
    (Family.CURRENCY, TEXT),
    (Family.BOOLEAN, BOOLEAN),
    (Family.BOOLEAN, VARCHAR),
    (Family.DATE, DATE),
    (Family.DATE, TIMESTAMP),
    (Family.DATETIME, TIMESTAMP),
    (Family.DATETIME, TIMESTAMP_MICROS),
    (Family.DATETIME, VARCHAR),
    (Family.TEXT, VARCHAR),
    (Family.TEXT, SHORT),
    (Family.TEXT, TEXT),
    (Family.TEXT, LONGTEXT),
    (Family.CHOICE, VARCHAR),
    (Family.CHOICE, SHORT),
    (Family.CHOICE, TEXT),
    (Family.FILE, BIGINT),
    (Family.FILE, TEXT),
    (Family.MULTIFIELD, VARCHAR),
]


def every_column() -> list[Column]:
    """One column of every kind, alone and as a list."""
    single = [Column(f"c{n}", f"C{n}", family, type_) for n, (family, type_) in enumerate(KINDS)]
    families = dict.fromkeys(family for family, _ in KINDS if family is not Family.MULTIFIELD)
    many = [
        Column(f"m{n}_{type_.name}", f"M{n}_{type_.name}", family, type_, multiple=True)
        for n, family in enumerate(families)
        for type_ in (TEXT, LONGTEXT, SqlType("VARCHAR", 40))
    ]
    return [*single, *many]


def every_layout(dialect: Dialect, *, overflow: bool = False) -> Layout:
    """A table with a column of every kind, a child table and a code that is not kept."""
    columns = every_column()
    if overflow:
        odd = [Column(f"o{n}", f"O{n}", f, TEXT, overflow=True) for n, (f, _) in enumerate(KINDS)]
        columns = [*columns[:40], *odd, *columns[40:]]
    return Layout(dialect, "t", (KEY, *columns), child="t_multifields", skipped=("SKIPPED",))


def typist_of(layout: Layout) -> ListTypist:
    """The compiled typist; fails where it was not built."""
    built = compiled()
    assert built is not None, "the library is missing: run backend/native/build.sh"
    return ListTypist(layout, built)


def unparsed(page: bytes, count: int) -> UnparsedRows:
    """One page as a walk keeps it."""
    rows = UnparsedRows()
    rows.add(Raw(page), count)
    return rows


NUMBERS = [
    *("0", "1", "7", "20", "-7", "00", "007", "-0", "-00", "+5", "1_000", "٣", "-", " 1", "1 "),
    *("9" * 15, "9" * 16, "9" * 18, "9" * 19, "-" + "9" * 18, str(2**63 - 1), str(2**63)),
    *("0.00", "0.5", "00.50", ".5", "5.", "-0.50", "-1.50", "1.10", "5.0000", "1.2.3", "12.345"),
    *("1" * 13 + ".25", "1" * 14 + ".25", "1" * 16 + ".25", "1" * 17 + ".25", "123456789.1234"),
    *("0.0001", "0.00001", "123456789.12345", "12345678901.5", "1e5", "1E+2", "1e300", "0.1e1"),
]
MOMENTS = [
    *("2024-08-30", "2024-02-30", "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29"),
    *("0999-12-31", "1000-01-01", "1001-01-01", "9998-12-31", "9999-12-31", "0000-00-00"),
    *("2024-08-30T14:29:00+02:00", "2024-02-30T14:29:00+02:00", "2024-08-30T14:29:60+02:00"),
    *("2024-03-01T01:02:03+03:00", "2024-12-31T20:02:03-05:00", "2024-01-01T00:30:00+14:00"),
    *("2024-08-30T03:00:00+03:00", "2024-08-30T19:00:00-05:00", "2024-08-30T05:30:00+05:30"),
    *("9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "0999-12-31T23:59:59+00:00"),
    *("1000-01-01T00:30:00+01:00", "1001-01-01T00:30:00+01:00", "9998-12-31T23:30:00-01:00"),
    *("2024-08-30T24:00:00+02:00", "2024-13-01T00:00:00+02:00", "2024-08-30T14:60:00+02:00"),
    *("0000-00-00T00:00:00+00:00", "-0001-11-30T00:00:00+02:30", "24.08.2023 13:19:39"),
    *("2024-08-30 14:29:00", "2024-08-30T14:29:00", "2024-08-30T14:29:00Z"),
    *("2024-08-30T14:29:00+0300", "2024-08-30T14:29:00.5+03:00", "2024-08-30T14:29:00+24:00"),
    *("2024-08-30T14:29:00-14:59", "2024-08-30T14:29:00+15:00", "2024-08-30T14:29:00+03:60"),
    *("2024-08-30T14:29:00 03:00", "2024/08/30T14:29:00+03:00", "2024-08-30T14.29.00+03:00"),
]
MONEY_TEXTS = [
    *("1234.50|RUB", "0.00|EUR", "5|USD", "|RUB", "1.50|", "1.50||RUB", "1|2.00|RUB", "x|RUB"),
    *(
        "1.50|rub",
        "1.50|РУБ",
        "1.50|RUBB",
        "-1.50|RUB",
        "1e3|RUB",
        "1" * 17 + ".00|RUB",
        "|",
        "а|RUB",
    ),
]
TEXTS = [
    *(
        "",
        "a",
        "Сделка",
        "😀",
        "\\N",
        "\\",
        "\\.",
        '"',
        "/",
        "true",
        "Y",
        "y",
        "N",
        "n",
        "false",
        "Yes",
    ),
    *(
        "a\tb\nc\rd\\",
        "\b\f\x01\x7f",
        "a\0b",
        "\0",
        "\ud800",
        "a\udfff",
        "\u2028",
        "\ufeff",
        "\uffff",
    ),
    *("a" * 5, "я" * 5, "😀" * 5, "a" * 6, "😀" * 6, "\n" * 5, "a" * 38, "a" * 255, "я" * 255),
    *("😀" * 255, "a" * 256, "\n" * 256, "я" * 16_383, "😀" * 16_383, "a" * 16_384, "я" * 40_000),
    *("a" * 65_535, "😀" * 17_000, "http://x/y?auth=1", "null", "{}", "[]", "x?y"),
]
SINGLE: list[Any] = [
    *(None, True, False, 0, 1, -1, 5, 2**53, 2**63 - 1, 2**63, -(2**63), 10**25, 10**18),
    *(
        0.0,
        -0.0,
        0.5,
        1.5,
        -1.5,
        12.25,
        12.345,
        1e16,
        1e300,
        1e-7,
        123456789.1234,
        1234567890123.25,
    ),
    *NUMBERS,
    *MOMENTS,
    *MONEY_TEXTS,
    *TEXTS,
    *([], {}, [[]], {"id": 7}, {"id": "7", "url": "/a?auth=1"}, {"ID": 3}, {"0": "a", "1": "b"}),
    *([{"ID": "5", "VALUE": "+7"}], [{"ID": "x"}], [{"ID": 1}, {"ID": 1}], {"0": {"VALUE": "+1"}}),
    *([{"VALUE": "a\tb", "TYPE_ID": "\ud800"}], ["0"], [""], [0], [None]),
]
HOSTILE: list[Any] = [
    *SINGLE,
    *([value] for value in SINGLE if len(str(value)) < 1000),
    *([value, "a", value] for value in SINGLE if len(str(value)) < 1000),
]

values = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.integers(-(10**15), 10**15).map(lambda cents: f"{cents / 100:.2f}"),
    st.integers(-(10**15), 10**15).map(lambda cents: f"{cents / 100:.2f}|RUB"),
    st.datetimes().map(lambda moment: moment.isoformat(timespec="seconds")),
    st.builds(
        "{:%Y-%m-%dT%H:%M:%S}{:+03d}:{:02d}".format,
        st.datetimes(),
        st.integers(-15, 15),
        st.sampled_from([0, 30, 45]),
    ),
    st.text(max_size=12),
    st.text("\\\"/\b\f\n\r\t\0\x7f\ud800\udfffяe😀|'", max_size=12),
)


def written(rows: list[dict[str, Any]], style: int) -> bytes:
    """JSON of rows in one of several styles: escapes or plain letters, with or without space."""
    text = json.dumps(
        rows,
        ensure_ascii=bool(style & 1),
        indent=1 if style & 2 else None,
        separators=(",", ":") if style & 4 else None,
    )
    return text.encode(errors="surrogatepass")
