"""Shaping: digests that stay, rows that are set aside, codes nobody described."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from bridge24.bitrix.fields import Field
from bridge24.bitrix.rows import UnparsedRows
from bridge24.sync.fields import FieldMapper
from bridge24.sync.layout import Layout
from bridge24.sync.reasons import Reason
from bridge24.sync.shape import shape, shape_in_turns
from bridge24.sync.sqltypes import TEXT, Dialect

DIALECTS: list[Dialect] = ["postgresql", "mysql"]
FIELDS = [
    Field("ID", "integer"),
    Field("TITLE", "string"),
    Field("OPPORTUNITY", "double"),
    Field("COMPANY_ID", "crm_company"),
    Field("DATE_CREATE", "datetime"),
    Field("OPENED", "char"),
    Field("PHOTO", "file"),
    Field("TAGS", "string", multiple=True),
    Field("PHONE", "crm_multifield"),
    Field("SEARCH_CONTENT", "text"),
]
ROW: dict[str, object] = {
    "ID": "1",
    "TITLE": "Сделка",
    "OPPORTUNITY": "12.50",
    "COMPANY_ID": None,
    "DATE_CREATE": "2024-08-30T14:29:00+02:00",
    "OPENED": "Y",
    "PHOTO": {"id": 7, "showUrl": "/a?auth=1"},
    "TAGS": ["a"],
    "PHONE": [{"ID": "5", "VALUE": "+7", "VALUE_TYPE": "WORK", "TYPE_ID": "PHONE"}],
    "SEARCH_CONTENT": "everything",
}


def _layout(dialect: Dialect) -> Layout:
    return FieldMapper(dialect).columns("deal", FIELDS)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "same",
    [
        {"ID": 1},
        {"OPPORTUNITY": "12.5"},
        {"OPPORTUNITY": 12.5},
        {"COMPANY_ID": "0"},
        {"COMPANY_ID": 0},
        {"COMPANY_ID": ""},
        {"DATE_CREATE": "2024-08-30T15:29:00+03:00"},
        {"OPENED": True},
        {"OPENED": "1"},
        {"PHOTO": {"id": "7", "downloadUrl": "/b?auth=2"}},
        {"SEARCH_CONTENT": "other"},
        {"PHONE": [{"id": 5, "value": "+7", "valueType": "WORK", "typeId": "PHONE"}]},
    ],
)
def test_spellings_of_one_value_have_one_digest(dialect: Dialect, same: dict[str, Any]) -> None:
    one = shape([ROW], _layout(dialect))
    other = shape([{**ROW, **same}], _layout(dialect))

    assert other.hashes == one.hashes


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "different",
    [
        {"TITLE": "сделка"},
        {"TITLE": None},
        {"OPPORTUNITY": "12.51"},
        {"OPPORTUNITY": None},
        {"DATE_CREATE": "2024-08-30T14:29:01+02:00"},
        {"OPENED": "N"},
        {"OPENED": ""},
        {"PHOTO": {"id": 8}},
        {"TAGS": ["a", ""]},
        {"PHONE": [{"ID": "5", "VALUE": "+7", "VALUE_TYPE": "HOME", "TYPE_ID": "PHONE"}]},
    ],
)
def test_different_values_have_different_digests(
    dialect: Dialect, different: dict[str, Any]
) -> None:
    one = shape([ROW], _layout(dialect))
    other = shape([{**ROW, **different}], _layout(dialect))

    assert other.hashes != one.hashes


values = st.one_of(st.none(), st.sampled_from(["", "0", "7", "7.00", "12.5"]), st.text(max_size=8))


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=50, deadline=None)
@given(others=st.lists(st.tuples(values, values, values), max_size=40))
def test_a_digest_does_not_depend_on_the_neighbours(
    dialect: Dialect, others: list[tuple[Any, Any, Any]]
) -> None:
    alone = shape([ROW], _layout(dialect)).hashes[0]
    neighbours = [
        {**ROW, "ID": str(n), "TITLE": title, "OPPORTUNITY": total, "COMPANY_ID": company}
        for n, (title, total, company) in enumerate(others, start=2)
    ]

    together = shape([*neighbours, ROW], _layout(dialect))

    assert dict(zip(together.ids, together.hashes, strict=True))[1] == alone


@pytest.mark.parametrize("dialect", DIALECTS)
def test_misfits_are_named_and_their_rows_set_aside(dialect: Dialect) -> None:
    rows = [{**ROW, "ID": n, "TITLE": "x" * (200 + n)} for n in (1, 2, 99, 100)]

    shaped = shape(rows, _layout(dialect))

    assert shaped.misfits == {"title": TEXT}
    assert shaped.ids == [1, 2]
    assert [(row.id, str(row.reason)) for row in shaped.rejected] == [
        ("99", "The column title is too narrow."),
        ("100", "The column title is too narrow."),
    ]
    assert json.loads(shaped.rejected[0].raw)["TITLE"] == "x" * 299


@pytest.mark.parametrize("dialect", DIALECTS)
def test_codes_that_nobody_described_are_reported(dialect: Dialect) -> None:
    rows = [{**ROW, "ID": n} for n in range(1, 400)]
    rows[300]["UF_CRM_NEW"] = "new"
    del rows[300]["TITLE"]

    shaped = shape(rows, _layout(dialect))

    assert shaped.unknown == {"UF_CRM_NEW"}
    assert len(shaped.ids) == 399
    assert shape(rows[:300], _layout(dialect)).unknown == frozenset()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_failures_far_into_a_set_are_those_of_their_own_rows(dialect: Dialect) -> None:
    rows = [{**ROW, "ID": str(n), "TITLE": str(n)} for n in range(1, 1001)]
    rows[700]["TITLE"] = "\ud800"
    rows[999]["TAGS"] = ["\udfff"]

    shaped = shape(rows, _layout(dialect))

    assert [row.id for row in shaped.rejected] == ["701", "1000"]
    assert len(shaped.ids) == len(shaped.bodies) == len(shaped.hashes) == len(shaped.rows) == 998
    assert shaped.ids[700] == 702


@pytest.mark.parametrize("dialect", DIALECTS)
def test_two_phones_with_one_id_are_rejected_not_merged(dialect: Dialect) -> None:
    phones = [{"ID": "5", "VALUE": "+1"}, {"ID": "5", "VALUE": "+2"}]

    shaped = shape([{**ROW, "PHONE": phones}], _layout(dialect))

    assert shaped.ids == []
    assert shaped.rejected[0].reason == Reason.of("wrongId", id="5", kind="PHONE")


def _unparsed(pages: list[str]) -> UnparsedRows:
    rows = UnparsedRows()
    for page in pages:
        rows.add(Raw(page.encode()), len(json.loads(page)))
    return rows


ODD_ROWS: list[dict[str, Any]] = [
    {},
    {"TITLE": 'a\tb\\c\n"d"', "TAGS": ["x", 1, None], "OPPORTUNITY": 12.5},
    {"TITLE": None, "TAGS": False, "OPENED": True, "COMPANY_ID": 0},
    {"OPPORTUNITY": 10**30, "PHONE": {"0": {"ID": "9", "VALUE": "+1"}}},
    {"TITLE": "\ud800"},
    {"TITLE": "x" * 300},
    {"ID": "no"},
    {"ID": 1},
    {"UF_CRM_NEW": "unknown"},
]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("odd", ODD_ROWS)
@pytest.mark.parametrize("missing", [(), ("TAGS", "COMPANY_ID")])
def test_unparsed_rows_are_shaped_like_parsed_ones(
    dialect: Dialect, odd: dict[str, Any], missing: tuple[str, ...]
) -> None:
    pages = [[{**ROW, "ID": str(page * 50 + n)} for n in range(50)] for page in range(4)]
    pages[2][7] |= odd
    for code in missing:
        del pages[2][8][code]
    rows = [row for page in pages for row in page]

    unparsed = shape(_unparsed([json.dumps(page) for page in pages]), _layout(dialect))
    parsed = shape(rows, _layout(dialect))

    for name in ("ids", "bodies", "hashes", "children", "misfits", "rejected", "unknown"):
        assert getattr(unparsed, name) == getattr(parsed, name), name
    assert list(unparsed.rows) == list(parsed.rows)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_row_that_comes_twice_counts_once_the_later_one(dialect: Dialect) -> None:
    pages = [[{**ROW, "ID": str(n), "TITLE": title} for n in range(150)] for title in "ab"]

    twice = shape(_unparsed([json.dumps(page) for page in pages]), _layout(dialect))
    once = shape(pages[1], _layout(dialect))

    assert (twice.ids, twice.bodies) == (once.ids, once.bodies)
    assert [row["TITLE"] for row in twice.rows] == ["b"] * 150


@pytest.mark.parametrize("dialect", DIALECTS)
async def test_others_have_their_turn_while_rows_are_shaped(dialect: Dialect) -> None:
    rows = [{**ROW, "ID": str(n)} for n in range(1_000)]
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    shaped = await shape_in_turns(rows, _layout(dialect))
    beside.cancel()

    assert shaped.hashes == shape(rows, _layout(dialect)).hashes
    assert turns >= 10
