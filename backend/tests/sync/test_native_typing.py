"""Compiled typing writes what Python writes, byte for byte, or leaves it to Python."""

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from bridge24.bitrix.rows import NotJson, decoded
from bridge24.sync.cells.single import NULLS
from bridge24.sync.layout import Column, Family, Layout
from bridge24.sync.native.lists import ListTypist
from bridge24.sync.native.plan import is_plain
from bridge24.sync.shape import shape
from bridge24.sync.shape_children import children_of
from bridge24.sync.shape_rows import Trouble, body_of, plan_of
from bridge24.sync.sqltypes import BIGINT, Dialect

sys.path.insert(0, str(Path(__file__).parent))
import native_rows as given_rows

LAYOUTS = {
    (dialect, overflow): given_rows.every_layout(dialect, overflow=overflow)
    for dialect in given_rows.DIALECTS
    for overflow in (False, True)
}
COLUMNS = LAYOUTS["postgresql", True].columns[1:]
layouts = pytest.mark.parametrize("case", LAYOUTS, ids=str)


SIDES = ("ids", "bodies", "hashes", "children", "misfits", "rejected", "unknown")
Outcome = dict[str, object]


def _both_ways(page: bytes, layout: Layout) -> tuple[Outcome, Outcome]:
    """What becomes of a page as it came, and of its parsed rows."""
    rows = decoded(page)
    shaped = shape(given_rows.unparsed(page, len(rows)), layout), shape(rows, layout)
    compiled, plain = (
        {**{side: getattr(each, side) for side in SIDES}, "rows": list(each.rows)}
        for each in shaped
    )
    return compiled, plain


def _lines_both_ways(
    page: bytes, typist: ListTypist, layout: Layout
) -> tuple[Outcome | None, Outcome]:
    """Every cell, also of rows that are set aside, and what is noted about them."""
    rows = decoded(page)
    noted, expected = Trouble(layout), Trouble(layout)
    lines = typist.lines(Raw(page), len(rows), 3, noted)
    bodies, children = list[bytes](), list[object]()
    for place, row in enumerate(rows, 3):
        bodies.append(body_of(row, place, plan_of(layout), expected))
        children.append(children_of(int(row["ID"]), row, place, layout, expected))
    ids = [int(row["ID"]) for row in rows]
    cells = [body.split(b"\t") for body in bodies]
    plain = {"ids": ids, "cells": cells, "children": children, "trouble": expected}
    if lines is None:
        return None, plain
    compiled = {
        "ids": lines.ids,
        "cells": [body.split(b"\t") for body in lines.bodies],
        "children": lines.children,
        "trouble": noted,
    }
    return compiled, plain


def _in_every_column(values: Sequence[object]) -> list[dict[str, object]]:
    rows = []
    for value in values:
        row = {column.code: value for column in COLUMNS}
        rows.append({"ID": str(len(rows)), **row})
    # A list that leaves too much open is not taken at all.
    return [*rows, *({"ID": str(n)} for n in range(len(rows), 4 * len(rows)))]


@layouts
@pytest.mark.parametrize("style", [1, 6])
def test_every_kind_of_column_takes_hostile_values_as_in_python(
    case: tuple[Dialect, bool], style: int
) -> None:
    layout = LAYOUTS[case]
    typist = given_rows.typist_of(layout)
    for value in given_rows.HOSTILE:
        page = given_rows.written(_in_every_column([value]), style)
        compiled, plain = _lines_both_ways(page, typist, layout)
        assert compiled == plain, value


@layouts
@settings(max_examples=60, deadline=None)
@given(one=given_rows.values, other=given_rows.values, style=st.integers(0, 7))
@example(one=1.5, other="\ud800", style=0)
def test_any_values_are_typed_as_in_python(
    case: tuple[Dialect, bool], one: object, other: object, style: int
) -> None:
    layout = LAYOUTS[case]
    page = given_rows.written(_in_every_column([one, other, [one, other]]), style)
    compiled, plain = _lines_both_ways(page, given_rows.typist_of(layout), layout)
    assert compiled == plain


@layouts
@settings(max_examples=60, deadline=None)
@given(dice=st.randoms(use_true_random=False))
def test_codes_may_be_missing_and_in_any_order(
    case: tuple[Dialect, bool], dice: random.Random
) -> None:
    layout = LAYOUTS[case]
    rows = []
    for n in range(5):
        codes = ["ID", *(column.code for column in dice.sample(COLUMNS, 20)), "SKIPPED"]
        dice.shuffle(codes)
        row = {code: dice.choice(given_rows.HOSTILE[:60]) for code in codes}
        rows.append({**row, "ID": n})
    page = given_rows.written(rows, 0)
    compiled, plain = _lines_both_ways(page, given_rows.typist_of(layout), layout)
    assert compiled == plain


ODD_PAGES = [
    "[]",
    " [ { } ] ",
    '[{"ID":"1","C0":"1","C0":"2"}]',
    '[{"ID":"1","SKIPPED":{"a":[1,{"b":null}]},"C0":"7"}]',
    '[{"ID":"1","UNKNOWN":1},{"ID":"2"}]',
    '[{"C0":"1","ID":"1"},{"ID":"2","C0":"1"},{"C1":"x","C0":"1","ID":"3"}]',
    '[{"\\u0049D":"1"}]',
    '[{"ID":"1"},{"ID":"1","C0":"2"}]',
    '[{"ID":"x"},{"ID":null},{"ID":"-5"},{"ID":-6},{"ID":"007"},{"ID":9223372036854775807}]',
    '[{"ID":1.0},{"ID":1e2},{"ID":[3]},{"ID":9223372036854775808},{"ID":"9223372036854775808"}]',
    '[{"ID":"1","C17":"\\ud83d\\ude00\\ud83d","C18":"\\ud83d\\ude00"}]',
    '[{"ID":"1","C17":"\\u0000","C19":"a\\u0000b"}]',
    '[{"ID":"1","C5":1234.5,"C4":1e400,"C0":1E3,"C8":1}]',
    '[{"ID":"1","":2}]',
]


@layouts
@pytest.mark.parametrize("page", ODD_PAGES)
def test_odd_rows_are_typed_as_in_python(case: tuple[Dialect, bool], page: str) -> None:
    compiled, plain = _both_ways(page.encode(), LAYOUTS[case])
    assert compiled == plain


@layouts
def test_bytes_that_are_no_utf8_concern_their_own_row(case: tuple[Dialect, bool]) -> None:
    page = b'[{"ID":"1","C17":"a\xffb"},{"ID":"2","C17":"\xe4\xb8"},{"ID":"3","C\xed\xa0\x80":1}]'
    compiled, plain = _both_ways(page, LAYOUTS[case])
    assert compiled == plain


REFUSED = [
    b"",
    b"[",
    b'[{"ID":"1"}',
    b'[{"ID":"1"}]]',
    b'[{"ID":"1",}]',
    b'[{"ID":"1"},]',
    b'[{"ID":"1" "C0":2}]',
    b'[{"ID":01}]',
    b'[{"ID":1.}]',
    b'[{"ID":"1","C17":"a\nb"}]',
    b'[{"ID":"1","C17":"a\x1fb"}]',
    b'[{"ID":"1","C17":"\\x"}]',
    b'[{"ID":"1","C17":"\\u12g4"}]',
    b'[{"ID":"1","C17":"\\u12',
    b'[{"ID":"1","C17":nul}]',
    b'[{"ID":"1","C17":[1 2]}]',
    b'[{"ID":"1","SKIPPED":{"a" 1}}]',
    b'[{"ID":"1","SKIPPED":' + b"[" * 40 + b"]" * 40 + b"}]",
    b"\xef\xbb\xbf[]",
    b'{"ID":"1"}',
    b"[1]",
    b'[{"ID":"1"},null]',
]


@pytest.mark.parametrize("page", REFUSED)
def test_what_is_no_list_of_rows_is_left_to_python(page: bytes) -> None:
    layout = LAYOUTS["postgresql", False]
    typist = given_rows.typist_of(layout)
    assert typist.lines(Raw(page), 1, 0, Trouble(layout)) is None


@settings(max_examples=200, deadline=None)
@given(
    values=st.lists(given_rows.values, max_size=2),
    harm=st.lists(st.tuples(st.integers(0, 2**16), st.binary(max_size=3)), max_size=3),
)
@example(values=[], harm=[(0, b"]")])
def test_harmed_pages_are_typed_or_refused_as_in_python(
    values: list[object], harm: list[tuple[int, bytes]]
) -> None:
    rows = [
        {"ID": n, "C0": value, "C17": value, "M1_TEXT": [value]} for n, value in enumerate(values)
    ]
    page = given_rows.written(rows, 4)
    for place, put in harm:
        at = place % (len(page) + 1)
        page = page[:at] + put + page[at + len(put) :]
    layout = LAYOUTS["mysql", False]
    try:
        found = decoded(page)
    except NotJson:
        with pytest.raises(NotJson):
            shape(given_rows.unparsed(page, 1), layout)
        return
    if isinstance(found, list) and all(isinstance(row, dict) for row in found):
        compiled, plain = _both_ways(page, layout)
        assert compiled == plain


# What portals send by the thousand: nothing of it may be left to Python.
USUAL: list[tuple[str, list[object], list[str]]] = [
    ("c0", ["1", "", None, 20, "-5", False], ["1", "", "", "20", "-5", ""]),
    ("c3", ["1", "0", 0, None, False, 300], ["1", "", "", "", "", "300"]),
    ("c4", ["12.50", "5.00", "100", 0.25, 7, ""], ["12.5", "5", "100", "0.25", "7", ""]),
    ("c5", ["1234.50", "0.00", "7", 12.5, ""], ["1234.50", "0.00", "7.00", "12.50", ""]),
    ("c7", ["1.50|RUB", "", None, "5|EUR"], ["1.50", "", "", "5.00"]),
    ("c8", ["1.50|RUB", "", None, "1234.50"], ["RUB", "", "", ""]),
    ("c10", ["Y", "N", "1", "0", True, False, None, ""], ["1", "0", "1", "0", "1", "0", "", ""]),
    ("c12", ["2024-02-29T03:00:00+03:00", "2024-02-28", ""], ["2024-02-29", "2024-02-28", ""]),
    (
        "c14",
        ["2024-03-01T01:02:03+03:00", "2024-12-31T20:02:03-05:00", ""],
        ["2024-02-29 22:02:03", "2025-01-01 01:02:03", ""],
    ),
    (
        "c17",
        ["a\tb\\", "c\nd", "Сделка 😀", '"', 5, None],
        ["a\\tb\\\\", "c\\nd", "Сделка 😀", '"', "5", ""],
    ),
    ("c21", ["12", "0", 7, "", None], ["12", "", "7", "", ""]),
    ("c24", ["12", 13, "0", None], ["12", "13", "", ""]),
    ("m0_TEXT", [["1", 2], [], False], ["[1,2]", "[]", "[]"]),
    ("m6_TEXT", [["2024-02-29T03:00:00+03:00"]], ['["2024-02-29"]']),
    ("m8_TEXT", [["a", "я", ""], [], None, ""], ['["a","я",""]', "[]", "[]", "[]"]),
    ("m9_TEXT", [["12", 13], None], ['["12","13"]', "[]"]),
]


@pytest.mark.parametrize("dialect", given_rows.DIALECTS)
@pytest.mark.parametrize(("name", "raws", "cells"), USUAL)
def test_usual_values_leave_nothing_to_python(
    dialect: Dialect, name: str, raws: list[object], cells: list[str]
) -> None:
    column = next(each for each in given_rows.every_column() if each.name == name)
    layout = Layout(dialect, "t", (given_rows.KEY, column))
    page = json.dumps([{"ID": n, column.code: raw} for n, raw in enumerate(raws)]).encode()

    typed = given_rows.typist_of(layout)._typed(page, len(raws))

    assert typed is not None
    lines, holes = typed
    expected = [f"{n}\t{cell or NULLS[dialect]}" for n, cell in enumerate(cells)]
    assert [body.decode() for body in lines.bodies] == expected
    assert holes == []


def test_a_list_in_a_column_that_is_no_text_is_left_to_python() -> None:
    listed = Column("c", "C", Family.TEXT, BIGINT, multiple=True)
    assert is_plain(LAYOUTS["mysql", True])
    assert not is_plain(Layout("mysql", "t", (given_rows.KEY, listed)))
