"""Whatever a portal sends is read back as the documented rules say: an oracle of its own."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridge24.bitrix.fields import Field

FIELDS = {
    "TEXT": Field("TEXT", "string"),
    "NUMBER": Field("NUMBER", "integer"),
    "LINK": Field("LINK", "crm_company"),
    "SUM": Field("OPPORTUNITY", "double"),
    "FRACTION": Field("UF_FRACTION", "double", custom=True),
    "FLAG": Field("FLAG", "char"),
    "DAY": Field("DAY", "date"),
    "MOMENT": Field("MOMENT", "datetime"),
    "OPTION": Field("OPTION", "enumeration"),
    "MONEY": Field("UF_MONEY", "money", custom=True),
    "MANY": Field("MANY", "string", multiple=True),
}
EMPTY = st.sampled_from([None, "", False])
# PostgreSQL shows U+0000 as its picture; halves of surrogate pairs are no text at all.
LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)
ZONES = st.integers(-14 * 4, 14 * 4).map(lambda q: timezone(timedelta(minutes=15 * q)))
DECIMALS = st.decimals(-(10**20), 10**20, allow_nan=False, places=4)


@st.composite
def day_sent(draw: st.DrawFn) -> tuple[str, date]:
    """A day as a portal prints it: UTC midnight in some offset."""
    day = draw(st.dates(date(1900, 1, 2), date(9999, 12, 30)))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight.astimezone(draw(ZONES)).isoformat(), day


@st.composite
def moment_sent(draw: st.DrawFn) -> tuple[str, datetime]:
    moments = st.datetimes(datetime(1900, 1, 2), datetime(9999, 12, 30)).map(
        lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
    )
    moment = draw(moments)
    return moment.astimezone(draw(ZONES)).isoformat(), moment.replace(tzinfo=None)


def _sent(values: st.SearchStrategy[Any], expected: Any) -> st.SearchStrategy[tuple[Any, Any]]:
    return values.map(lambda value: (value, expected(value)))


def _or_empty(pairs: st.SearchStrategy[Any], empty: Any = None) -> st.SearchStrategy[Any]:
    return st.one_of(EMPTY.map(lambda raw: (raw, empty)), pairs)


PAIRS: dict[str, st.SearchStrategy[tuple[Any, Any]]] = {
    "text": _or_empty(_sent(LETTERS, lambda text: text or None)),
    "number": _or_empty(_sent(st.integers(-(10**30), 10**30).map(str), int)),
    "link": _or_empty(_sent(st.integers(0, 10**9).map(str), lambda text: int(text) or None)),
    "opportunity": _or_empty(_sent(DECIMALS.map(str), Decimal)),
    "uf_fraction": _or_empty(_sent(DECIMALS.map(str), Decimal)),
    "flag": _or_empty(_sent(st.sampled_from("YN"), lambda raw: raw == "Y")).map(
        lambda pair: (pair[0], False if pair[0] is False else pair[1])
    ),
    "day": _or_empty(day_sent()),
    "moment": _or_empty(moment_sent()),
    "option": _or_empty(
        _sent(st.integers(0, 999).map(str), lambda raw: (raw.strip("0") and raw) or None)
    ),
    "uf_money": _or_empty(_sent(DECIMALS.map(lambda d: f"{d}|RUB"), lambda t: Decimal(t[:-4]))),
    "many": _or_empty(_sent(st.lists(LETTERS, max_size=4), lambda items: items), []),
}
CODES = {name: name.upper() for name in PAIRS}
rows = st.lists(st.fixed_dictionaries(PAIRS), min_size=1, max_size=12)


def _read_back(name: str, stored: Any, expected: Any) -> Any:
    """Compare values, not spellings: a widened column spells its values as text."""
    if name == "many":
        return json.loads(stored)
    if stored is None or expected is None:
        return stored
    if isinstance(expected, bool):
        return bool(stored)
    if isinstance(expected, int | Decimal):
        return Decimal(repr(stored) if isinstance(stored, float) else str(stored))
    return stored


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batch=rows, again=rows)
async def test_what_is_read_back_is_what_was_sent(
    mirror: Any, batch: list[dict[str, Any]], again: list[dict[str, Any]]
) -> None:
    await mirror.ensure(*FIELDS.values())
    await mirror.run("DELETE FROM crm_deals")

    for sent in (batch, again):
        await mirror.store(
            *(
                {"ID": n, **{CODES[name]: pair[0] for name, pair in row.items()}}
                for n, row in enumerate(sent)
            )
        )

    stored = await mirror.rows()
    last = {**dict(enumerate(batch)), **dict(enumerate(again))}
    assert len(stored) == len(last)
    for row_id, row in last.items():
        for name, (raw, expected) in row.items():
            assert _read_back(name, stored[row_id][name], expected) == expected, (name, raw)
