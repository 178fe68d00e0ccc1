"""How long rows take where they go."""

import pytest

from bridge24.bitrix.progress import Consumer


def test_what_takes_the_rows_is_known_by_its_last_pages() -> None:
    consumer = Consumer()
    assert consumer.seconds_per_row == 0

    consumer.took(1.0, rows=100)
    assert consumer.seconds_per_row == pytest.approx(0.01)
    for _ in range(100):
        consumer.took(5.0, rows=100)

    assert consumer.seconds_per_row == pytest.approx(0.05, rel=0.01)
