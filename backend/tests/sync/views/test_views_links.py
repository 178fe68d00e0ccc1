"""Links to records of the CRM show the names of what they point to."""

from collections.abc import Awaitable, Callable, Sequence

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.emulator import Portal
from bridge24.sync.entities import discover
from bridge24.sync.service import SyncService

Query = Callable[[str], Awaitable[list[dict[str, object]]]]
Told = Callable[[str], Awaitable[list[object]]]


@pytest.fixture
def told(query: Query) -> Told:
    """The words of a column of deals 1, 2 and 3."""

    async def read(column: str) -> list[object]:
        found = await query(f"SELECT {column} AS w FROM v_crm_deals WHERE id < 4 ORDER BY id")
        return [row["w"] for row in found]

    return read


def _points(portal: Portal, code: str, *kinds: str, multiple: bool = False) -> None:
    portal.add_field("deal", code, "crm", multiple=multiple)
    each = portal.table("deal").schema.get(code)
    assert each is not None and each.custom is not None
    chosen = {"LEAD": "N", "CONTACT": "N", "COMPANY": "N", "DEAL": "N"}
    each.custom.settings.update(chosen | dict.fromkeys(kinds, "Y"))


def _write(portal: Portal, code: str, values: Sequence[object]) -> None:
    for number, value in enumerate(values, start=1):
        portal.update("deal", number, {code: value})


def _titles(portal: Portal, kind: str) -> dict[int, object]:
    rows = [{name.upper(): value for name, value in row.items()} for row in portal.rows(kind)]
    return {int(str(row["ID"])): row["TITLE"] for row in rows}


async def _copy(service: SyncService, *entities: str) -> None:
    for entity in entities:
        await service.full_sync(entity)


async def test_a_link_is_named_whatever_kind_it_points_to(
    service: SyncService, client: BitrixClient, portal: Portal, told: Told
) -> None:
    await discover(client)
    _points(portal, "UF_CRM_TO", "COMPANY", "CONTACT", "LEAD", "DEAL", "DYNAMIC_1030")
    portal.update("contact", 2, {"NAME": "Анна", "LAST_NAME": "O'Neil"})
    portal.update("lead", 3, {"TITLE": 'D_4, "quoted" \\ %'})
    _write(portal, "UF_CRM_TO", ["CO_1", "C_2", "L_3"])
    await _copy(service, "company", "contact", "lead", "deal")
    assert await told("uf_crm_to_name") == [
        _titles(portal, "company")[1],
        "Анна O'Neil",
        'D_4, "quoted" \\ %',
    ]

    _write(portal, "UF_CRM_TO", ["D_3", "T406_1", ""])
    await _copy(service, "deal", "dynamic_1030")

    named = [_titles(portal, "deal")[3], _titles(portal, "dynamic_1030")[1], None]
    assert await told("uf_crm_to_name") == named


async def test_a_bare_id_is_a_link_where_only_one_kind_can_be_meant(
    service: SyncService, portal: Portal, told: Told
) -> None:
    _points(portal, "UF_CRM_ONE", "COMPANY")
    _points(portal, "UF_CRM_TWO", "COMPANY", "CONTACT")
    for code in ("UF_CRM_ONE", "UF_CRM_TWO"):
        _write(portal, code, ["1", "CO_2", "3"])
    await _copy(service, "company", "contact", "deal")

    first, second, third = (_titles(portal, "company")[number] for number in (1, 2, 3))
    assert await told("uf_crm_one_name") == [first, second, third]
    assert await told("uf_crm_two_name") == ["1", second, "3"]


async def test_a_list_of_links_is_named_in_its_order_and_what_is_not_there_stays_a_code(
    service: SyncService, portal: Portal, told: Told
) -> None:
    _points(portal, "UF_CRM_ALL", "COMPANY", "CONTACT", multiple=True)
    portal.update("contact", 2, {"NAME": "", "LAST_NAME": "Ли"})
    _write(portal, "UF_CRM_ALL", [["C_2", "CO_999", "CO_1"], ["CO_3"], []])
    await _copy(service, "deal")
    assert await told("uf_crm_all_name") == ["C_2, CO_999, CO_1", "CO_3", None]

    await _copy(service, "company", "contact")

    first, third = _titles(portal, "company")[1], _titles(portal, "company")[3]
    assert await told("uf_crm_all_name") == [f"Ли, CO_999, {first}", third, None]


async def test_the_end_of_a_long_list_is_names_or_codes_but_never_lost(
    service: SyncService, portal: Portal, told: Told, mirrored: str
) -> None:
    _points(portal, "UF_CRM_LONG", "COMPANY", multiple=True)
    titles = _titles(portal, "company")
    _write(portal, "UF_CRM_LONG", [[f"CO_{number}" for number in titles]])
    await _copy(service, "company", "deal")

    names = [str(title) for title in titles.values()]
    assert len(names) == 10
    if mirrored.startswith("mysql"):
        names[8:] = [f"CO_{number}" for number in titles][8:]
    assert (await told("uf_crm_long_name"))[0] == ", ".join(names)


async def test_several_contacts_of_a_record_are_named(
    service: SyncService, client: BitrixClient, portal: Portal, query: Query
) -> None:
    await discover(client)
    await _copy(service, "contact", "dynamic_1030")
    people = {
        int(str(row["ID"])): f"{row.get('NAME') or ''} {row.get('LAST_NAME') or ''}".strip()
        for row in portal.rows("contact")
    }

    rows = await query("SELECT contact_ids, contact_ids_name FROM v_crm_dynamic_1030")

    several = [row for row in rows if "," in str(row["contact_ids"])]
    assert several
    for row in several:
        ids = str(row["contact_ids"]).strip("[]").split(",")
        assert row["contact_ids_name"] == ", ".join(people[int(number)] for number in ids)


async def test_a_task_names_all_it_is_tied_to(
    service: SyncService, client: BitrixClient, portal: Portal, query: Query
) -> None:
    await discover(client)
    await _copy(service, "task", "deal", "company", "dynamic_1030")

    await query('UPDATE crm_tasks SET uf_crm_task = \'["D_3","CO_1","T406_1","T407_1"]\'')

    (row, *_) = await query("SELECT uf_crm_task_name AS n FROM v_crm_tasks")
    pointed = (("deal", 3), ("company", 1), ("dynamic_1030", 1))
    named = [str(_titles(portal, kind)[number]) for kind, number in pointed]
    assert row["n"] == ", ".join([*named, "T407_1"])


async def test_a_task_names_whoever_is_responsible_for_it(
    service: SyncService, client: BitrixClient, query: Query
) -> None:
    await discover(client)
    await _copy(service, "user", "task")
    named = "SELECT id, CONCAT(name, ' ', last_name) AS name FROM crm_users"
    people = {row["id"]: row["name"] for row in await query(named)}

    rows = await query("SELECT * FROM v_crm_tasks")

    assert any(row["responsible_id"] in people for row in rows)
    for row in rows:
        number = row["responsible_id"]
        assert row["responsible"] == people.get(number, str(number))
    # The portal's own copy of a person is told with each task, and stale with the next change.
    copies = {"creator", "responsible_label", "auditors_data", "accomplices_data"}
    assert copies.isdisjoint(rows[0])


async def test_a_hashed_list_is_shown_as_it_is(
    service: SyncService, portal: Portal, told: Told, query: Query
) -> None:
    _points(portal, "UF_CRM_ALL", "COMPANY", multiple=True)
    await _copy(service, "company", "deal")

    await query("UPDATE crm_deals SET uf_crm_all = 'hmac:1f2e' WHERE id = 1")
    await query("UPDATE crm_deals SET uf_crm_all = '[\"not JSON' WHERE id = 2")

    assert (await told("uf_crm_all_name"))[:2] == ["hmac:1f2e", "not JSON"]
