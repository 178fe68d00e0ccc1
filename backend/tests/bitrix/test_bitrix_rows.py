"""Rows that stay JSON until somebody looks at them."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from bridge24.bitrix import errors as e
from bridge24.bitrix import listing
from bridge24.bitrix.crm import DEAL, TASK
from bridge24.bitrix.rows import NotJson, Row, UnparsedRows, decoded

Pages = Sequence[Sequence[Row]]

pages_of_rows = st.lists(st.lists(st.fixed_dictionaries({"ID": st.integers()}), max_size=4))


def _unparsed(pages: Pages) -> UnparsedRows:
    rows = UnparsedRows()
    for page in pages:
        rows.add(Raw(json.dumps(page).encode()), len(page))
    return rows


@given(pages=pages_of_rows)
def test_unparsed_rows_are_read_like_a_list(pages: Pages) -> None:
    flat = [row for page in pages for row in page]
    rows = _unparsed(pages)

    assert list(rows) == flat
    assert len(rows) == len(flat)
    assert [rows[place] for place in range(-len(flat), len(flat))] == flat * 2
    assert rows[1:3] == flat[1:3]
    with pytest.raises(IndexError):
        rows[len(flat)]


@given(pages=pages_of_rows, most=st.integers(0, 20))
def test_the_first_of_unparsed_rows_are_taken_over(pages: Pages, most: int) -> None:
    rows = UnparsedRows()
    rows.extend(_unparsed(pages), most)

    assert list(rows) == [row for page in pages for row in page][:most]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b'"\\ud800"', "\ud800"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"a\xff"', "a\udcff"),
        (b"1e400", float("inf")),
    ],
)
def test_json_is_read_exactly(body: bytes, value: object) -> None:
    assert decoded(body) == value


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"NaN", b"[" * 100_000])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(NotJson):
        decoded(body)


def test_rows_of_an_unparsed_answer_stay_unparsed() -> None:
    part, ids = listing.unparsed(TASK, Raw(b'{"tasks": [{"id": "7", "title": "a"}, {"id": 8}]}'))

    assert ids == [7, 8]
    assert isinstance(part, Raw)
    assert bytes(part) == b'[{"id": "7", "title": "a"}, {"id": 8}]'


@pytest.mark.parametrize("result", [b'{"5": {"ID": "7"}}', b'[{"ID": "7", "T": "\\ud800"}]'])
def test_other_spellings_of_rows_are_parsed_at_once(result: bytes) -> None:
    part, ids = listing.unparsed(DEAL, Raw(result))

    assert ids == [7]
    assert isinstance(part, list)


@pytest.mark.parametrize("result", [b"{}", b"[]"])
def test_no_rows_are_no_rows_however_php_spells_it(result: bytes) -> None:
    assert listing.unparsed(DEAL, Raw(result))[1] == []


@pytest.mark.parametrize("result", [b"null", b'"text"', b"[1]", b'[{"ID": 1}'])
def test_an_answer_without_rows_is_not_an_empty_page(result: bytes) -> None:
    with pytest.raises(e.UnexpectedAnswer):
        listing.unparsed(DEAL, Raw(result))


@pytest.mark.parametrize("result", [b'[{"TITLE": "x"}]', b'[{"ID": null}]', b'[{"ID": "x"}]'])
def test_a_row_without_an_id_is_told(result: bytes) -> None:
    with pytest.raises(ValueError, match="a row has no id"):
        listing.unparsed(DEAL, Raw(result))
