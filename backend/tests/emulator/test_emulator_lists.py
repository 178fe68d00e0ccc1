"""Lists select, filter, order and page the way both families of methods document."""

import pytest

from bridge24.emulator.filters import split


def ids(reply):
    rows = reply.result["items"] if isinstance(reply.result, dict) else reply.result
    return [int(row.get("ID", row.get("id"))) for row in rows]


async def test_pages_by_offset_add_up_to_the_total(api):
    seen, start = [], 0
    while start is not None:
        reply = await api.call("crm.deal.list", select=["ID"], start=start)
        seen += ids(reply)
        start = reply.body.get("next")

    assert reply.body["total"] == len(seen) == len(set(seen)) == 200


async def test_a_full_last_page_has_no_next(api):
    reply = await api.call("crm.deal.list", start=150)

    assert len(reply.result) == 50
    assert "next" not in reply.body


async def test_beyond_the_end_the_page_is_empty_and_the_total_right(api):
    reply = await api.call("crm.deal.list", start=5_000)

    assert reply.result == []
    assert reply.body["total"] == 200


async def test_a_keyset_walk_sees_every_row_once_while_rows_come_and_go(api):
    portal, seen, last = api.portal, [], 0
    while True:
        reply = await api.call(
            "crm.deal.list", order={"ID": "ASC"}, filter={">ID": last}, select=["ID"], start=-1
        )
        seen += ids(reply)
        if len(reply.result) < 50:
            break
        last = seen[-1]
        portal.delete("deal", seen[3])
        portal.add("deal", {"TITLE": "in between"})
        del seen[3]

    assert seen == [int(row["ID"]) for row in portal.rows("deal")]


async def test_offset_pages_lose_rows_when_earlier_ones_are_deleted(api):
    first = ids(await api.call("crm.deal.list", select=["ID"]))
    api.portal.delete("deal", first[0])
    second = ids(await api.call("crm.deal.list", select=["ID"], start=50))

    every = {int(row["ID"]) for row in api.portal.rows("deal")}
    missed = sorted(every - set(first) - set(second))[0]
    assert missed < second[0]


async def test_descending_order_runs_from_the_newest(api):
    new = api.portal.add("deal", {"TITLE": "newest"})
    reply = await api.call("crm.deal.list", order={"ID": "DESC"}, select=["ID"], start=-1)

    found = ids(reply)
    assert found[0] == new
    assert found == sorted(found, reverse=True)


async def test_no_select_means_everything_but_multifields(api):
    rows = (await api.call("crm.contact.list")).result
    assert any(key.startswith("UF_") for key in rows[0])
    assert not any("PHONE" in row for row in rows)


async def test_star_leaves_custom_fields_out_and_uf_star_the_rest(api):
    star = (await api.call("crm.deal.list", select=["*"])).result[0]
    custom = (await api.call("crm.deal.list", select=["UF_*"])).result[0]

    assert not any(key.startswith("UF_") for key in star)
    assert all(key == "ID" or key.startswith("UF_") for key in custom)


async def test_named_multifields_are_absent_from_rows_that_have_none(api):
    reply = await api.call("crm.contact.list", select=["ID", "HAS_PHONE", "PHONE", "NOPE"])

    assert {row["HAS_PHONE"] for row in reply.result} == {"Y", "N"}
    for row in reply.result:
        assert ("PHONE" in row) == (row["HAS_PHONE"] == "Y")


async def test_a_full_row_is_as_wide_as_a_real_one(api):
    row = (await api.call("crm.deal.list", select=["*", "UF_*"])).result[0]

    assert 75 <= len(row) <= 100


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ({"STAGE_ID": "WON"}, lambda row: row["STAGE_ID"] == "WON"),
        ({"=STAGE_ID": ["WON", "NEW"]}, lambda row: row["STAGE_ID"] in {"WON", "NEW"}),
        ({"@STAGE_ID": ["WON", "NEW"]}, lambda row: row["STAGE_ID"] in {"WON", "NEW"}),
        ({"!@STAGE_ID": ["WON", "NEW"]}, lambda row: row["STAGE_ID"] not in {"WON", "NEW"}),
        ({"!STAGE_ID": "NEW"}, lambda row: row["STAGE_ID"] != "NEW"),
        ({"!=STAGE_ID": "NEW"}, lambda row: row["STAGE_ID"] != "NEW"),
        ({">OPPORTUNITY": 1000}, lambda row: float(row["OPPORTUNITY"]) > 1000),
        ({"<=OPPORTUNITY": "1000"}, lambda row: float(row["OPPORTUNITY"]) <= 1000),
        ({"%TITLE": "crm"}, lambda row: "crm" in row["TITLE"].lower()),
        ({"!%TITLE": "crm"}, lambda row: "crm" not in row["TITLE"].lower()),
        ({"=%TITLE": "Внедрение%"}, lambda row: row["TITLE"].startswith("Внедрение")),
        ({"%=TITLE": "%🚀"}, lambda row: row["TITLE"].endswith("🚀")),
        ({"!=%TITLE": "Внедрение%"}, lambda row: not row["TITLE"].startswith("Внедрение")),
        ({"COMPANY_ID": ""}, lambda row: row["COMPANY_ID"] in (None, "0")),
        ({"!COMPANY_ID": ""}, lambda row: row["COMPANY_ID"] not in (None, "0")),
        ({"SOURCE_ID": None}, lambda row: row["SOURCE_ID"] in (None, "")),
        ({">ID": 20, "<ID": "40", "OPENED": "Y"}, lambda row: 20 < int(row["ID"]) < 40),
    ],
)
async def test_classic_filters_choose_the_rows_their_prefix_means(api, filters, matches):
    reply = await api.call("crm.deal.list", filter=filters, start=0)
    opened = filters.get("OPENED")
    expected = [
        int(row["ID"])
        for row in api.portal.rows("deal")
        if matches(row) and opened in (None, row["OPENED"])
    ]

    assert expected
    assert reply.body["total"] == len(expected)
    assert ids(reply) == expected[:50]


async def test_moments_compare_across_offsets(api):
    api.portal.update("deal", 6, {"TITLE": "touched"})
    now = api.portal.clock.now()
    since = "2026-08-01T23:30:00+00:00"

    reply = await api.call("crm.deal.list", filter={">=DATE_MODIFY": since}, start=-1)

    assert ids(reply) == [6]
    assert api.portal.zone.read(reply.result[0]["DATE_MODIFY"]) == int(now)


async def test_a_filter_without_offset_means_portal_time(api):
    row = (await api.call("crm.deal.get", id=8)).result
    local = row["DATE_MODIFY"][:19]

    exact = await api.call("crm.deal.list", filter={"=DATE_MODIFY": local, "ID": 8})

    assert ids(exact) == [8]


async def test_groups_join_by_or_and_nest(api):
    reply = await api.call(
        "crm.item.list",
        entityTypeId=2,
        filter={
            "0": {"logic": "OR", "0": {"@id": [1, 2]}, "1": {">id": 218, "<id": 222}},
            "!id": 2,
        },
    )

    assert ids(reply) == [1, 219, 221]


async def test_items_know_their_fields_by_any_spelling(api):
    for name in ("id", "ID"):
        reply = await api.call(
            "crm.item.list", entityTypeId=1, order={name: "DESC"}, filter={f"<{name}": 4}
        )
        assert ids(reply) == [3, 2, 1]


async def test_items_refuse_unknown_orders_and_scalars_for_arrays(api):
    order = await api.call("crm.item.list", entityTypeId=1, order={"nope": "ASC"})
    select = await api.call("crm.item.list", entityTypeId=1, select="id")

    assert order.error == (400, "INVALID_ARG_VALUE")
    assert select.error == (400, "100")


async def test_custom_booleans_of_items_are_asked_for_by_one_and_zero(api):
    code = next(f for f in api.portal.table("deal").schema.customs() if f.type == "boolean")
    yes = await api.call("crm.item.list", entityTypeId=2, filter={code.name: 1}, start=0)
    no = await api.call("crm.item.list", entityTypeId=2, filter={code.name: 0}, start=0)

    assert yes.body["total"] + no.body["total"] == 200
    assert {row[code.name] for row in yes.result["items"]} == {"Y"}


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        (">=ID", (">=", "ID")),
        ("!=%NAME", ("!=%", "NAME")),
        ("!><DATE", ("!><", "DATE")),
        ("%=NAME", ("%=", "NAME")),
        ("ID", ("", "ID")),
    ],
)
def test_the_longest_prefix_wins(key, parts):
    assert split(key) == parts
