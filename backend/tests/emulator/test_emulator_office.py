"""The busy office edits like people do, and repeats itself for the same seed."""

import asyncio

import pytest

from bridge24.emulator import Change, Clock, Portal, PortalSpec
from bridge24.emulator.office import Office
from bridge24.emulator.seed import found
from bridge24.emulator.virtual_time import run_virtual

SPEC = PortalSpec(name="acme", deals=60, contacts=20, leads=20, companies=10)


def portal(seed: int = 7) -> Portal:
    return found(SPEC, seed=seed, clock=Clock(1_785_600_000.0))


def story(seed: int) -> list[tuple[str, str, int]]:
    told: list[tuple[str, str, int]] = []
    place = portal(seed)
    place.listeners.append(lambda change: told.append((change.kind, change.entity, change.id)))
    office = Office(place)
    for _ in range(300):
        office.act()
    return told


def test_the_same_seed_makes_the_same_edits() -> None:
    assert story(7) == story(7)
    assert story(7) != story(8)


def test_an_office_adds_edits_moves_and_deletes() -> None:
    office = Office(portal())
    for _ in range(500):
        office.act()

    assert set(office.done) == {"add", "edit", "move", "delete"}
    assert office.done["edit"] > office.done["move"] > office.done["delete"] > 0


def test_a_move_changes_the_stage_within_the_funnel() -> None:
    place, moves = portal(), []

    def watch(change: Change) -> None:
        if change.entity == "deal" and change.before and change.after:
            moves.append((change.before, change.after))

    place.listeners.append(watch)
    office = Office(place)
    for _ in range(500):
        office.act()

    moved = [pair for pair in moves if pair[0]["STAGE_ID"] != pair[1]["STAGE_ID"]]
    stages = {str(each.id): {stage.id for stage in each.stages} for each in place.funnels[2]}
    assert moved
    assert all(after["STAGE_ID"] in stages[after["CATEGORY_ID"]] for _, after in moved)


def test_an_office_keeps_its_rate() -> None:
    async def work() -> int:
        office = Office(portal())
        office.open(5)
        await asyncio.sleep(600)
        assert office.is_open
        office.close()
        assert not office.is_open
        await asyncio.sleep(600)
        return sum(office.done.values())

    assert run_virtual(work()) in range(2_999, 3_002)


async def test_a_rate_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Office(portal()).open(0)


def test_an_empty_portal_begins_with_additions() -> None:
    empty = PortalSpec(name="new", deals=0, contacts=0, leads=0, companies=0, activities=0)
    office = Office(found(empty, seed=7, clock=Clock(1_785_600_000.0)))

    assert office.act() == "add"
