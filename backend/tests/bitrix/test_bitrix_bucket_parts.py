"""Processes that share a portal's bucket never fill it beyond what it holds."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from bridge24.bitrix.bucket import LeakyBucket

FULL, LEAK, RESERVE = 50, 2.0, 5


def _bucket() -> LeakyBucket:
    return LeakyBucket(capacity=FULL, leaks_per_second=LEAK, reserve=RESERVE)


@given(
    st.lists(
        st.tuples(
            st.floats(min_value=0, max_value=20),
            st.sets(st.integers(0, 3), min_size=1),
            st.tuples(*[st.integers(0, 60)] * 4),
        ),
        max_size=20,
    )
)
@example([(0.0, {0}, (60, 0, 0, 0)), (0.0, {1}, (0, 60, 0, 0))])
@example([(0.0, {0, 1}, (60, 60, 0, 0)), (1.0, {2}, (0, 0, 60, 0)), (1.0, {0}, (60, 0, 0, 0))])
def test_the_parts_together_stay_within_the_bucket(
    rounds: list[tuple[float, set[int], tuple[int, ...]]],
) -> None:
    """Whoever works, comes or goes: all hear of it, and send what may go at once."""
    ours = [_bucket() for _ in range(4)]
    portal, now = 0.0, 0.0
    for passed, working, wishes in rounds:
        now += passed
        portal = max(0.0, portal - passed * LEAK)
        for process in working:
            ours[process].divide(len(working), now)
            others = sum(one.level(now) for one in ours if one is not ours[process])
            ours[process].suppose(others, now)
        for process in working:
            for _ in range(wishes[process]):
                if ours[process].room(now) >= 1:
                    ours[process].reserve(now)
                    portal += 1
        assert portal <= FULL, (now, working)


def test_the_parts_leak_as_fast_as_the_whole() -> None:
    bucket = _bucket()
    bucket.divide(2, 0.0)
    waits = [bucket.reserve(0.0).wait_seconds for _ in range(3)]
    steps = [later - earlier for earlier, later in pairwise(waits)]
    assert all(abs(step - 1.0) < 0.01 for step in steps)


def test_alone_again_it_is_the_whole_after_a_while() -> None:
    bucket = _bucket()
    bucket.divide(3, 0.0)
    bucket.divide(1, 10.0)
    assert bucket.room(10.0) <= 0
    assert bucket.room(60.0) == FULL - RESERVE
