"""A short run of the kills and faults that ``python -m bench --name chaos`` plays at length."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench import chaos
from bench.chaos_script import drawn

ROWS = 120


@pytest.mark.postgresql
async def test_after_kills_in_the_middle_of_everything_each_table_equals_the_portal() -> None:
    tally = await chaos.several("postgresql", "kill", [2], rows=ROWS, pace=2)

    assert tally.wrong == []
    assert tally.happened["kill -9"] == 5


def test_a_seed_draws_the_same_script_each_time() -> None:
    assert drawn("fault", 7, rows=ROWS) == drawn("fault", 7, rows=ROWS)
    assert drawn("fault", 7, rows=ROWS).steps != drawn("fault", 8, rows=ROWS).steps
