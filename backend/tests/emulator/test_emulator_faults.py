"""Faults strike whom they should, as often as they should, and repeatably."""

import pytest

from bridge24.emulator.faults import Fault, Faults, Kind


def kinds(faults: Faults, method: str, calls: int) -> list[Kind | None]:
    struck = [faults.for_call(method) for _ in range(calls)]
    return [fault.kind if fault else None for fault in struck]


def test_a_fault_for_one_call_strikes_once() -> None:
    faults = Faults()
    faults.add(Fault(Kind.UNAVAILABLE, times=1))

    assert kinds(faults, "profile", 3) == [Kind.UNAVAILABLE, None, None]


def test_a_fault_can_wait_for_the_nth_call() -> None:
    faults = Faults()
    faults.add(Fault(Kind.RESET, after=2, times=1))

    assert kinds(faults, "batch", 4) == [None, None, Kind.RESET, None]


def test_a_fault_for_a_method_leaves_others_alone() -> None:
    faults = Faults()
    faults.add(Fault(Kind.HTML, only=frozenset({"CRM.Deal.List"})))

    assert kinds(faults, "crm.lead.list", 2) == [None, None]
    assert kinds(faults, "crm.deal.LIST", 2) == [Kind.HTML, Kind.HTML]


def test_a_rate_is_kept_and_repeats_with_the_seed() -> None:
    histories = []
    for _ in range(2):
        faults = Faults(seed=7)
        faults.add(Fault(Kind.BROKEN, rate=0.2))
        histories.append(kinds(faults, "profile", 2_000))

    assert histories[0] == histories[1]
    assert 300 < sum(kind is not None for kind in histories[0]) < 500


def test_another_seed_has_other_accidents() -> None:
    histories = []
    for seed in (7, 8):
        faults = Faults(seed=seed)
        faults.add(Fault(Kind.BROKEN, rate=0.5))
        histories.append(kinds(faults, "profile", 100))

    assert histories[0] != histories[1]


def test_events_and_calls_have_separate_faults() -> None:
    faults = Faults()
    faults.add(Fault(Kind.LOST))
    faults.add(Fault(Kind.SLOW, seconds=1))

    lost = faults.for_event("ONCRMDEALADD")
    slow = faults.for_call("profile")
    assert lost is not None
    assert lost.kind is Kind.LOST
    assert slow is not None
    assert slow.kind is Kind.SLOW


def test_commands_of_a_batch_get_only_errors_meant_for_their_method() -> None:
    faults = Faults()
    faults.add(Fault(Kind.UNAVAILABLE))
    faults.add(Fault(Kind.HANG, only=frozenset({"crm.deal.list"})))
    faults.add(Fault(Kind.BLOCKED, only=frozenset({"crm.deal.list"})))

    struck = faults.for_command("crm.deal.list")
    assert struck is not None
    assert struck.error == (
        429,
        "OPERATION_TIME_LIMIT",
        "Method is blocked due to operation time limit.",
    )
    assert faults.for_command("crm.lead.list") is None


def test_a_fault_can_be_listed_and_removed() -> None:
    faults = Faults()
    number = faults.add(Fault(Kind.BROKEN))
    faults.for_call("profile")

    assert [(each.number, each.hits) for each in faults.listing()] == [(number, 1)]
    assert faults.remove(number)
    assert not faults.remove(number)
    assert faults.for_call("profile") is None


@pytest.mark.parametrize("rate", [-0.1, 1.1])
def test_a_rate_beyond_certainty_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Fault(Kind.BROKEN, rate=rate)


def test_a_rename_without_a_host_is_refused() -> None:
    with pytest.raises(ValueError, match="new host"):
        Fault(Kind.RENAME)
