"""Views say in words what the tables hold as codes, as the portal itself calls it."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import pytest

from bridge24.bitrix import BitrixClient
from bridge24.core.settings import get_settings
from bridge24.emulator import Portal
from bridge24.sync.entities import discover
from bridge24.sync.errors import PortalError
from bridge24.sync.names import snake_case
from bridge24.sync.service import SyncService

Rows = list[dict[str, object]]
Query = Callable[[str], Awaitable[Rows]]

VIEWS = {
    "deal": "v_crm_deals",
    "lead": "v_crm_leads",
    "contact": "v_crm_contacts",
    "company": "v_crm_companies",
    "quote": "v_crm_quotes",
    "activity": "v_crm_activities",
}


async def _copy_everything(service: SyncService, client: BitrixClient) -> list[str]:
    copied = []
    for entity in await discover(client):
        try:
            await service.full_sync(entity.name)
        except PortalError:
            continue  # the views must do without it
        copied.append(entity.name)
    return copied


def _full_name(user: Mapping[str, object] | None) -> str | None:
    if user is None:
        return None
    named = [str(user[code]) for code in ("NAME", "LAST_NAME") if user.get(code)]
    return " ".join(named).strip() or str(user.get("EMAIL") or "") or None


async def _statuses(client: BitrixClient) -> Rows:
    reply = await client.call("crm.status.list")
    return list(reply.result)


class _Words:
    """What the emulator's own tables call things."""

    def __init__(self, portal: Portal, statuses: Rows) -> None:
        self._titles = {
            kind: {int(str(row["ID"])): row.get("TITLE") for row in portal.rows(kind)}
            for kind in ("company", "lead", "deal", "quote")
        }
        self._people = {int(str(row["ID"])): _full_name(row) for row in portal.rows("contact")}
        self._users = {int(row["ID"]): _full_name(row) for row in portal.users}
        self._statuses = {
            (str(row["ENTITY_ID"]), str(row["STATUS_ID"])): row["NAME"] for row in statuses
        }

    def of(self, each: object, raw: object) -> object:
        """The word of a code; the code itself where there is none."""
        kind = each.type  # type: ignore[attr-defined]
        if kind in ("user", "employee"):
            return self._users.get(int(str(raw))) or str(raw)
        if kind == "crm_contact":
            return self._people.get(int(str(raw))) or str(raw)
        if kind.removeprefix("crm_") in self._titles:
            return self._titles[kind.removeprefix("crm_")].get(int(str(raw))) or str(raw)
        if kind == "crm_status":
            custom = each.custom  # type: ignore[attr-defined]
            named = custom.settings["ENTITY_TYPE"] if custom else each.status_type  # type: ignore[attr-defined]
            return self._status(str(named), str(raw))
        if kind == "enumeration":
            return self._options(each, raw)
        return None

    def _status(self, dictionary: str, code: str) -> object:
        for (name, status), word in self._statuses.items():
            if status == code and (name == dictionary or name.startswith(f"{dictionary}_")):
                return word
        return code

    def _options(self, each: object, raw: object) -> str:
        words = {option.id: option.value for option in each.custom.options}  # type: ignore[attr-defined]
        if not each.multiple:  # type: ignore[attr-defined]
            return words.get(str(raw), str(raw))
        return ", ".join(words.get(str(code), str(code)) for code in json.loads(str(raw)))


async def test_every_object_has_a_view_with_the_portals_own_words(
    service: SyncService, client: BitrixClient, portal: Portal, query: Query
) -> None:
    copied = await _copy_everything(service, client)
    views = await query("SELECT table_name AS n FROM information_schema.views")
    ours = {str(row["n"]) for row in views if str(row["n"]).startswith("v_crm_")}
    assert len([name for name in ours if not name.endswith("_multifields")]) == len(copied)

    words = _Words(portal, await _statuses(client))
    seen: dict[str, int] = {}
    for entity, view in VIEWS.items():
        rows = await query(f"SELECT * FROM {view}")
        assert len(rows) == len(portal.rows(entity))
        for each in portal.table(entity).schema:
            column = snake_case(each.code)
            label = _label_of(column, each.type, rows[0])
            if label is None or (each.multiple and each.type != "enumeration"):
                continue
            for row in rows:
                raw = row[column]
                if raw in (None, "[]"):
                    assert row[label] is None, (view, label)
                    continue
                expected = words.of(each, raw)
                if expected is not None:
                    assert row[label] == expected, (view, label, raw)
                    seen[each.type] = seen.get(each.type, 0) + (row[label] != str(raw))
    told = {"user", "employee", "crm_company", "crm_contact", "crm_status", "enumeration"}
    assert told <= {kind for kind, count in seen.items() if count}


def _label_of(column: str, kind: str, row: Mapping[str, object]) -> str | None:
    base = {"assigned_by_id": "responsible", "modify_by_id": "modified_by"}.get(
        column, column.removesuffix("_id")
    )
    told = {"user", "employee", "crm_company", "crm_contact", "crm_lead", "crm_quote"}
    told |= {"crm_status", "enumeration"}
    if kind not in told or column not in row:
        return None
    names = [base] if base != column else [f"{column}_name", f"{column}_label"]
    return next((name for name in names if name in row), None)


async def test_funnels_stages_currencies_and_yes_or_no_are_words(
    service: SyncService, client: BitrixClient, portal: Portal, query: Query
) -> None:
    for entity in ("status", "deal_funnel", "currency", "deal", "deal_stage_history"):
        await service.full_sync(entity)

    rows = await query(
        "SELECT d.category_id, d.funnel, d.stage_id, d.stage, d.currency, d.closed, "
        "d.closed_label, d.stage_semantic_id, d.stage_semantic, h.stage AS then_stage, "
        "h.stage_id AS then_id, h.funnel AS then_funnel "
        "FROM v_crm_deals d JOIN v_crm_deal_stage_history h ON h.owner_id = d.id"
    )

    reply = await client.call("crm.category.list", {"entityTypeId": 2})
    funnels = {row["id"]: row["name"] for row in reply.result["categories"]}
    stages = {
        row["STATUS_ID"]: row["NAME"]
        for row in await _statuses(client)
        if str(row["ENTITY_ID"]).startswith("DEAL_STAGE")
    }
    assert rows
    for row in rows:
        assert row["funnel"] == row["then_funnel"] == funnels[row["category_id"]]
        assert (row["stage"], row["then_stage"]) == (
            stages[row["stage_id"]],
            stages[row["then_id"]],
        )
        assert row["closed_label"] == ("да" if row["closed"] else "нет")
        semantic = {"P": "в работе", "S": "успех", "F": "провал"}[str(row["stage_semantic_id"])]
        assert row["stage_semantic"] == semantic
    assert "Российский рубль" in {row["currency"] for row in rows}


async def test_a_renamed_stage_a_renamed_option_and_a_new_field_follow_by_themselves(
    service: SyncService, client: BitrixClient, portal: Portal, query: Query
) -> None:
    portal.add_field("deal", "UF_CRM_COLOUR", "enumeration", options=["Красный", "Синий"])
    portal.add_field("deal", "UF_CRM_SIZES", "enumeration", multiple=True, options=["S", '"M"'])
    colours, sizes = (
        [option.id for option in portal.table("deal").schema.get(code).custom.options]
        for code in ("UF_CRM_COLOUR", "UF_CRM_SIZES")
    )
    portal.update("deal", 1, {"STAGE_ID": "WON", "UF_CRM_COLOUR": colours[1]})
    portal.update("deal", 1, {"UF_CRM_SIZES": list(reversed(sizes))})
    for entity in ("status", "field_option", "deal"):
        await service.full_sync(entity)
    told = "SELECT stage, uf_crm_colour_label, uf_crm_sizes_label FROM v_crm_deals WHERE id = 1"
    (row,) = await query(told)
    assert (row["uf_crm_colour_label"], row["uf_crm_sizes_label"]) == ("Синий", '"M", S')

    (won,) = [
        each
        for each in await _statuses(client)
        if (each["ENTITY_ID"], each["STATUS_ID"]) == ("DEAL_STAGE", "WON")
    ]
    await client.call("crm.status.update", {"id": won["ID"], "fields": {"NAME": "Ура"}})
    _rename_option(portal, "UF_CRM_COLOUR", "Синий", "Голубой")
    await service.full_sync("status")
    await service.full_sync("field_option")
    (row,) = await query(told)
    assert (row["stage"], row["uf_crm_colour_label"]) == ("Ура", "Голубой")

    portal.add_field("deal", "UF_CRM_LATER", "boolean", label="Позже")
    portal.update("deal", 2, {"UF_CRM_LATER": "1"})
    await service.incremental_sync("deal")
    (row,) = await query("SELECT uf_crm_later_label, stage FROM v_crm_deals WHERE id = 2")
    assert row["uf_crm_later_label"] == "да"


def _rename_option(portal: Portal, code: str, before: str, after: str) -> None:
    schema = portal.table("deal").schema
    each = schema.get(code)
    assert each is not None and each.custom is not None
    options = tuple(
        replace(option, value=after) if option.value == before else option
        for option in each.custom.options
    )
    schema.put(replace(each, custom=replace(each.custom, options=options)))


async def test_a_missing_dictionary_leaves_the_code_until_it_comes(
    service: SyncService, portal: Portal, query: Query
) -> None:
    await service.full_sync("deal")
    before = await query("SELECT assigned_by_id, responsible, funnel, company FROM v_crm_deals")
    assert all(row["responsible"] == str(row["assigned_by_id"]) for row in before)

    for entity in ("user", "deal_funnel", "company"):
        await service.full_sync(entity)

    after = await query("SELECT assigned_by_id, responsible, funnel, company FROM v_crm_deals")
    users = {int(row["ID"]): _full_name(row) for row in portal.users}
    for row in after:
        code = int(str(row["assigned_by_id"]))
        assert row["responsible"] == users.get(code, str(code))
    assert not {row["funnel"] for row in after} & {row["funnel"] for row in before}


async def test_a_dictionary_entry_that_is_there_twice_doubles_no_deal(
    service: SyncService, query: Query
) -> None:
    for entity in ("status", "deal"):
        await service.full_sync(entity)
    (before,) = await query("SELECT count(*) AS n, count(stage) AS s FROM v_crm_deals")
    await query(
        "INSERT INTO crm_statuses (id, entity_id, status_id, name, _synced_at, _raw_hash) "
        "SELECT 9000 + id, entity_id, status_id, 'double', _synced_at, '' FROM crm_statuses"
    )
    await query("UPDATE crm_statuses SET _raw_hash = 'changed' WHERE id < 9000")
    await service.full_sync("status", accept_deletions=True)

    (after,) = await query("SELECT count(*) AS n, count(stage) AS s FROM v_crm_deals")
    (doubles,) = await query("SELECT count(*) AS n FROM v_crm_deals WHERE stage = 'double'")
    assert (after, doubles["n"]) == (before, 0)


async def test_deleted_rows_are_left_out(
    service: SyncService, portal: Portal, query: Query
) -> None:
    await service.full_sync("deal")
    portal.delete("deal", 3)
    await service.full_sync("deal")

    rows = await query("SELECT id FROM v_crm_deals")

    assert {row["id"] for row in rows} == {int(str(row["ID"])) for row in portal.rows("deal")}
    assert await query("SELECT id FROM crm_deals WHERE id = 3")


async def test_the_language_switches_words_and_comments_but_no_names(
    service: SyncService,
    query: Query,
    mirrored: str,
    portal: Portal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await service.full_sync("deal")
    (russian,) = await query("SELECT * FROM v_crm_deals WHERE id = 1")
    monkeypatch.setenv("LABELS_LANGUAGE", "en")
    get_settings.cache_clear()

    await service.full_sync("deal")

    (english,) = await query("SELECT * FROM v_crm_deals WHERE id = 1")
    assert list(english) == list(russian)
    assert (russian["opened_label"], english["opened_label"]) in (("да", "yes"), ("нет", "no"))
    if mirrored.startswith("postgresql"):
        (comment,) = await query(
            "SELECT col_description(attrelid, attnum) AS c FROM pg_attribute "
            "WHERE attrelid = 'v_crm_deals'::regclass AND attname = 'stage'"
        )
        assert str(comment["c"]).endswith(": in words")
