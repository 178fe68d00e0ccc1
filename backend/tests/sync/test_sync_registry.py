"""The registry's keys, and the table of tables in the documentation."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bridge24.sync.fields import table_name
from bridge24.sync.objects.keys import packed, spelled
from bridge24.sync.registry import REGISTRY, of_smart_process

TABLES = Path(__file__).parents[3] / "docs" / "tables.md"
whole = st.integers(min_value=0, max_value=2**40)


def test_the_documentation_names_every_table_and_key() -> None:
    smart = of_smart_process({"id": 37, "entityTypeId": 1256, "title": "Аренда"})
    rows = {
        cells[1]: cells
        for line in TABLES.read_text().splitlines()
        if len(cells := [cell.strip() for cell in line.split("|")]) == 10
    }
    for line in (*REGISTRY.values(), *smart):
        cells = rows[line.name]
        assert cells[2] == f"`{table_name(line.name, 'postgresql')}`"
        assert cells[3] == ", ".join(f"`{column}`" for column in line.key)
        assert cells[4] == line.strategy
        assert cells[7] == f"`{line.entity.list_method}`"


@given(whole, whole, whole, whole)
def test_two_keys_never_share_a_number(a: int, b: int, c: int, d: int) -> None:
    one, other = packed((a, 31), (b, 32)), packed((c, 31), (d, 32))

    assert (one == other) == ((a, b) == (c, d)) or one is None or other is None


@given(whole, whole)
def test_a_number_of_a_key_fits_its_column_or_is_none(a: int, b: int) -> None:
    number = packed((a, 31), (b, 32))

    assert (number is None) == (a >= 2**31 or b >= 2**32)
    assert number is None or 0 <= number < 2**63


@given(st.text(alphabet="ABCXYZ019", max_size=9), st.text(alphabet="ABCXYZ019", max_size=9))
def test_codes_of_letters_have_numbers_of_their_own(one: str, other: str) -> None:
    assert (spelled(one) is None) == (len(one) not in range(1, 8))
    assert spelled(one) != spelled(other) or one == other or spelled(one) is None


def test_what_is_no_number_has_no_key() -> None:
    assert packed((None, 31), (5, 32)) is None
    assert packed(("-1", 31), (5, 32)) is None
    assert spelled("ЕВРО") is None
