"""What an audit takes for a difference, and what it does not."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from bridge24.sync.audit.findings import Kind, Stored, differing, moment, naive

NOON = datetime(2026, 11, 24, 12)
BEFORE, AFTER = NOON - timedelta(minutes=1), NOON + timedelta(minutes=1)


def _stored(modified: datetime = NOON, *, at: datetime = BEFORE, deleted: bool = False) -> Stored:
    return Stored(modified, at, deleted)


def _kind(portal: dict[int, datetime | None], stored: dict[int, Stored]) -> Kind | None:
    return differing(portal, stored, read_at=NOON).get(1)


def test_every_kind_is_told_apart() -> None:
    assert _kind({}, {1: _stored()}) is Kind.GONE
    assert _kind({1: NOON}, {}) is Kind.MISSING
    assert _kind({1: AFTER}, {1: _stored()}) is Kind.STALE
    assert _kind({1: NOON}, {1: _stored(deleted=True)}) is Kind.REVIVED
    assert _kind({1: NOON}, {1: _stored()}) is None


def test_a_row_read_after_the_page_knows_better() -> None:
    assert _kind({}, {1: _stored(at=AFTER)}) is None
    assert _kind({1: BEFORE}, {1: _stored(at=AFTER)}) is None
    assert _kind({1: NOON}, {1: _stored(at=AFTER, deleted=True)}) is None


def test_a_row_deleted_here_and_there_is_no_difference() -> None:
    assert _kind({}, {1: _stored(deleted=True)}) is None


@given(ids=st.sets(st.integers(1, 50)), other=st.sets(st.integers(1, 50)))
def test_exactly_the_rows_of_one_side_differ(ids: set[int], other: set[int]) -> None:
    found = differing(dict.fromkeys(ids, NOON), {i: _stored() for i in other}, read_at=NOON)

    assert found == {
        **dict.fromkeys(ids - other, Kind.MISSING),
        **dict.fromkeys(other - ids, Kind.GONE),
    }


def test_moments_are_compared_in_one_zone() -> None:
    moscow = timezone(timedelta(hours=3))

    assert moment("2026-11-24T15:00:00+03:00") == NOON
    assert moment("") is None
    assert moment("soon") is None
    assert naive(datetime(2026, 11, 24, 15, tzinfo=moscow)) == naive(NOON.replace(tzinfo=UTC))
