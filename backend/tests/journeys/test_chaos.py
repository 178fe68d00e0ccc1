"""A short run of the kills and faults that ``python -m bench --name chaos`` plays at length."""

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench import chaos
from bench.chaos import Campaign
from bench.chaos_script import API, DATABASE, drawn

ROWS = 150


@pytest.mark.parametrize(
    "database",
    [
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ],
)
async def test_after_kills_in_the_middle_of_everything_each_table_equals_the_portal(
    database: str,
) -> None:
    tally = await chaos.played(
        Campaign(database=database, theme="kill", rows=ROWS, first=2, pace=2)
    )

    assert tally.wrong == []
    kills = tally.happened["kill -9"], tally.happened["kill -9 between works"]
    assert sum(kills) == 5


def test_a_seed_draws_the_same_script_each_time() -> None:
    assert drawn("fault", 7, rows=ROWS) == drawn("fault", 7, rows=ROWS)
    assert drawn("fault", 7, rows=ROWS).steps != drawn("fault", 8, rows=ROWS).steps


def test_two_hundred_scripts_have_every_kind_of_fault() -> None:
    steps = [step for seed in range(1, 201) for step in drawn("fault", seed, rows=ROWS).steps]

    kinds = {step.how["kind"] for step in steps if step.what in {"api", "database"}}
    assert kinds == {*API, *DATABASE}


def test_a_script_of_both_themes_has_kills_among_its_faults() -> None:
    for seed in range(1, 21):
        script = drawn("both", seed, rows=ROWS)
        steps = Counter(step.what for step in script.steps)

        assert steps["kill"] == 2
        assert steps["api"] + steps["database"] >= 4
        assert [step.at for step in script.steps] == sorted(step.at for step in script.steps)
