"""The store agrees with a plain dictionary, and no method breaks on nonsense."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge24.emulator import Clock, PortalSpec
from bridge24.emulator.calls import METHODS, Call, Identity, RestError, words
from bridge24.emulator.portal import SCOPES
from bridge24.emulator.seed import found
from bridge24.emulator.store import Store, id_at, position_of

ACTIONS = st.tuples(
    st.sampled_from(["add", "delete", "hide", "show", "change", "restore"]), st.integers(0, 60)
)


class Plain:
    """A source whose rows are their ids."""

    def row(self, row_id):
        return {"ID": str(row_id), "TITLE": f"row {row_id}"}

    def value(self, row_id, code):
        return self.row(row_id).get(code)


@given(st.integers(0, 5_000))
def test_positions_and_ids_are_inverse(position):
    assert position_of(id_at(position)) == position
    assert position_of(id_at(position) + 1) == position + 1


@settings(deadline=None)
@given(st.integers(0, 40), st.lists(ACTIONS, max_size=40), st.integers(0, 60))
def test_any_history_of_edits_leaves_what_a_dictionary_would(count, actions, after):
    store, model, hidden, deleted = Store(Plain(), count), {}, set(), {}
    for position in range(count):
        model[id_at(position)] = Plain().row(id_at(position))

    for step in actions:
        _do(store, model, hidden, deleted, step)

    seen = {row_id: row for row_id, row in sorted(model.items()) if row_id not in hidden}
    assert list(store.ids()) == list(seen)
    assert list(store.ids_down()) == list(reversed(seen))
    assert {row_id: store.row(row_id) for row_id in store.ids()} == seen
    assert store.count() == len(seen)
    assert [store.id_of_rank(rank) for rank in range(len(seen) + 1)] == [*seen, None]
    assert list(store.ids(after, after + 20)) == [i for i in seen if after < i < after + 20]


def _do(store, model, hidden, deleted, step):
    action, number = step
    if action == "add":
        row_id = store.add({"TITLE": "new"})
        model[row_id] = {"TITLE": "new", "ID": str(row_id)}
        return
    if action == "show" and number in hidden:
        store.show(number)
        hidden.discard(number)
    if action == "restore" and number in deleted:
        store.put(number, deleted[number])
        model[number] = deleted.pop(number)
    if not store.exists(number):
        return
    if action == "delete":
        deleted[number] = model.pop(number)
        store.delete(number)
    if action == "hide":
        store.hide(number)
        hidden.add(number)
    if action == "change":
        store.change(number, {"TITLE": "edited"})
        model[number] = model[number] | {"TITLE": "edited"}


NAMES = words(
    "id filter order select start fields entityTypeId taskId moduleId rows items cmd SORT ORDER "
    "FILTER name entityId ownerType ownerId productRows params event handler limit process_id"
)
VALUES = (
    None, "", "x", 0, 1, -1, 2, 1030, 10**30, 1.5, True, [], {}, ["*"], ["ID", 5], {"ID": "ASC"},
    {"ID": None}, {">ID": "x"}, {"0": {"logic": "OR", "0": 5}}, {"TITLE": ["a", {"b": 1}]},
    {"fm": 5, "PHONE": "x", "STAGE_ID": []}, [[["deep"]]], {"=ownerType": "D", "=ownerId": "x"},
)  # fmt: skip


@pytest.fixture(scope="module")
def portal():
    """A small portal that everybody maltreats in turn."""
    return found(PortalSpec(deals=9, contacts=5, leads=5), seed=7, clock=Clock(1.79e9))


@pytest.mark.parametrize("name", sorted(name for name in METHODS if "event" not in name))
def test_nonsense_is_answered_or_refused_but_breaks_nothing(portal, name):
    webhook = Identity(1, SCOPES, key="webhook:1")
    chance = random.Random(name)

    for _ in range(100):
        params = {each: chance.choice(VALUES) for each in chance.sample(NAMES, 6)}
        try:
            METHODS[name].handler(Call(portal, name, params, webhook))
        except RestError as error:
            assert error.status >= 400
