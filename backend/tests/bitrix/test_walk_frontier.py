"""Ranges, chains, stealing and checkpoints, without any portal."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix.checkpoint import Checkpoint, Span, without
from bridge24.bitrix.walk import Chain, Frontier

ALL = Span(0, None)


def frontier(spans: list[Span] | None = None, *, highest: int = 100_000) -> Frontier:
    begun = Frontier.over(spans or [ALL])
    begun.highest = highest
    return begun


def first_page_read(part: Frontier) -> Frontier:
    """A frontier that has seen ids 1 to 50: one row per id."""
    (chain,) = part.take(1)
    part.land(chain, [list(range(1, 51))])
    return part


def ids(first: int, pages: int) -> list[list[int]]:
    return [list(range(first + 50 * n, first + 50 * n + 50)) for n in range(pages)]


spans = st.builds(
    lambda after, length: Span(after, None if length is None else after + length),
    st.integers(0, 60),
    st.none() | st.integers(0, 60),
)


@given(st.lists(spans, max_size=8))
def test_a_checkpoint_owes_exactly_the_ids_not_delivered(delivered: list[Span]) -> None:
    checkpoint = Checkpoint("deal", (ALL,)).delivered(delivered)

    def owed(row: int, inside: list[Span]) -> bool:
        return any(s.after < row and (s.until is None or row <= s.until) for s in inside)

    left = list(checkpoint.spans)
    assert [owed(row, left) for row in range(1, 200)] == [
        not owed(row, delivered) for row in range(1, 200)
    ]
    assert all(a.until is not None and a.until <= b.after for a, b in pairwise(left))


def test_delivering_nothing_does_not_break_a_span_in_two() -> None:
    assert without([ALL], Span(500, 500)) == (ALL,)


@given(st.lists(spans, max_size=4), st.none() | st.integers(0, 500))
def test_a_checkpoint_survives_json(kept: list[Span], start: int | None) -> None:
    checkpoint = Checkpoint("deal", tuple(kept), start)

    assert Checkpoint.from_json(checkpoint.to_json()) == checkpoint


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entity": "deal", "spans": [1]}'])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"checkpoint|JSON|Expecting"):
        Checkpoint.from_json(text)


def test_idle_readers_share_the_biggest_range_in_equal_parts() -> None:
    table = first_page_read(frontier())

    table.spread(4, smallest=2)

    lengths = [(part.until or table.highest or 0) - part.after for part in table.ranges]
    assert len(lengths) == 4
    assert max(lengths) - min(lengths) <= 1
    assert table.ranges[-1].until is None, "rows inserted meanwhile are met by the last range"


def test_a_range_is_not_split_into_shares_too_small_for_a_call() -> None:
    table = first_page_read(frontier(highest=550))

    table.spread(8, smallest=5)

    assert len(table.ranges) == 2


def test_the_part_of_a_busy_range_that_is_out_of_reach_is_stolen() -> None:
    table = first_page_read(frontier())
    (busy,) = table.take(50)

    table.spread(1, smallest=2)
    (stolen,) = table.take(50)

    assert busy.range.until is not None
    assert busy.range.until > 50 + 50 * 50, "what is on its way is left to its reader"
    assert stolen.span.after == busy.range.until


def test_rows_beyond_a_stolen_part_are_left_to_the_thief() -> None:
    table = first_page_read(frontier(highest=3_000))
    (busy,) = table.take(40)
    busy.range.until = 500

    landing = table.land(busy, ids(51, 40))

    assert landing.rows == 450
    assert landing.settled == Span(50, 500)
    assert busy.range not in table.ranges


def test_a_short_page_does_not_end_a_range_below_the_highest_id() -> None:
    table = frontier()
    (chain,) = table.take(1)

    table.land(chain, [[1, 2, 3]])

    assert not table.finished
    assert table.take(1)[0].span == Span(3, None)


def test_a_short_page_that_holds_the_highest_id_ends_the_walk() -> None:
    table = frontier(highest=3)
    (chain,) = table.take(1)

    landing = table.land(chain, [[1, 2, 3]])

    assert table.finished
    assert landing.settled == ALL


def test_an_empty_page_ends_a_range() -> None:
    table = frontier()
    (chain,) = table.take(1)

    assert table.land(chain, [[]]).settled == ALL
    assert table.finished


def test_an_error_at_the_first_page_settles_nothing() -> None:
    table = frontier()
    (chain,) = table.take(1)

    assert table.land(chain, []).settled.empty
    assert table.take(1)[0].span == chain.span


def test_small_remnants_ride_along_in_one_call() -> None:
    table = first_page_read(frontier([Span(0, 2_000), Span(5_000, 5_001), Span(6_000, 6_001)]))

    chains = table.take(50)

    assert [chain.span.after for chain in chains] == [50, 5_000, 6_000]


def test_a_range_split_off_by_guess_is_tried_with_few_pages_first() -> None:
    table = first_page_read(frontier(highest=1_000_000))
    table.spread(2, smallest=2)
    proven, guessed = table.take(50), table.take(50)

    assert proven[0].pages > guessed[0].pages
    _answer_full(table, guessed[0])
    assert table.take(50)[0].pages > guessed[0].pages


def _answer_full(table: Frontier, chain: Chain) -> None:
    table.land(chain, ids(chain.span.after + 1, chain.pages))


def test_a_gap_in_front_of_the_first_id_does_not_hide_the_density() -> None:
    table = frontier(highest=10_005_000)
    (chain,) = table.take(1)

    table.land(chain, [list(range(10_000_001, 10_000_051))])

    assert table.expected_rows == pytest.approx(4_950)
