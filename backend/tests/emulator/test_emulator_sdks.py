"""Two real SDKs list, page, batch, read fields and write against the emulator."""

import asyncio
import warnings
from pathlib import Path

import pytest
from b24pysdk import BitrixWebhook, Client
from b24pysdk.errors import BitrixAPIError
from fast_bitrix24 import BitrixAsync

from bridge24.emulator import Emulator, PortalSpec
from bridge24.emulator.tls import server_context


@pytest.fixture
def fast(api) -> BitrixAsync:
    """fast_bitrix24 on the administrator's webhook."""
    return BitrixAsync(api.url, verbose=False)


async def test_fast_bitrix24_gets_every_deal_once(api, fast):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*total.*")
        deals = await fast.get_all("crm.deal.list", {"select": ["*", "UF_*"], "filter": {">ID": 0}})

    assert sorted(deals, key=_id) == api.portal.rows("deal")


@pytest.mark.parametrize(
    ("method", "params", "expected"),
    [
        ("crm.contact.list", {"select": ["ID", "PHONE"]}, 120),
        ("crm.lead.list", {"filter": {">ID": 100}}, 61),
        ("crm.item.list", {"entityTypeId": 1030}, 60),
        ("crm.item.list", {"entityTypeId": 2, "select": ["id"]}, 200),
        ("tasks.task.list", {}, 75),
        ("user.get", {}, 14),
        ("crm.status.list", {"filter": {"ENTITY_ID": "SOURCE"}}, 11),
        ("crm.activity.list", {}, 150),
        ("userfieldconfig.list", {"moduleId": "crm"}, None),
        ("department.get", {}, 6),
    ],
)
async def test_fast_bitrix24_pages_every_kind_of_list(fast, method, params, expected):
    rows = await fast.get_all(method, params)

    ids = [row.get("ID") or row.get("id") for row in rows]
    assert len(ids) == len(set(ids))
    assert expected in (None, len(rows))


async def test_fast_bitrix24_gets_records_by_their_ids(api, fast):
    found = await fast.get_by_ID("crm.deal.get", [1, 2, 5])

    assert {key: row["TITLE"] for key, row in found.items()} == {
        key: api.portal.get("deal", int(key))["TITLE"] for key in ("1", "2", "5")
    }


async def test_fast_bitrix24_writes_in_batches(api, fast):
    calls = [{"fields": {"TITLE": f"made {number}"}} for number in range(60)]
    added = await fast.call("crm.deal.add", calls)

    titles = {row["ID"]: row["TITLE"] for row in api.portal.rows("deal")}
    made = {titles[str(each)] for each in added}
    assert made == {f"made {number}" for number in range(60)}

    await fast.call("crm.deal.update", {"ID": added[0], "fields": {"TITLE": "edited"}})
    assert api.portal.get("deal", added[0])["TITLE"] == "edited"


async def test_fast_bitrix24_follows_references_in_its_own_batches(api, fast):
    answer = await fast.call_batch(
        {
            "halt": 0,
            "cmd": {
                "deals": "crm.deal.list?select[]=ID&order[ID]=DESC&start=-1",
                "newest": "crm.deal.get?id=$result[deals][0][ID]",
            },
        }
    )

    assert answer["newest"]["ID"] == answer["deals"][0]["ID"] == api.portal.rows("deal")[-1]["ID"]


@pytest.fixture
async def secure(tmp_path, monkeypatch):
    """A portal that speaks TLS, and b24pysdk that trusts it."""
    authority = tmp_path / "ca.pem"
    certificate = server_context(Path(authority))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    async with Emulator([PortalSpec()], certificate=certificate) as emulator:
        code = emulator.webhook_url("acme").rstrip("/").rpartition("/")[2]
        token = BitrixWebhook(domain=f"localhost:{emulator.port}", webhook_token=f"1/{code}")
        yield emulator.portal("acme"), token


async def test_b24pysdk_lists_pages_and_walks_fast(secure):
    portal, token = secure
    every = [row["ID"] for row in portal.rows("deal")]
    params = {"select": ["ID", "TITLE"]}

    paged = await asyncio.to_thread(token.call_list, "crm.deal.list", params)
    walked = await asyncio.to_thread(_walk, token, "crm.deal.list", params)
    items = await asyncio.to_thread(_walk, token, "crm.item.list", {"entityTypeId": 2})

    assert [row["ID"] for row in paged["result"]] == every
    assert [row["ID"] for row in walked] == every
    assert [str(row["id"]) for row in items] == every


async def test_b24pysdk_reads_fields_and_writes(secure):
    portal, token = secure
    client = Client(token)

    fields = await asyncio.to_thread(lambda: client.crm.deal.fields().result)
    added = await asyncio.to_thread(
        lambda: client.crm.deal.add(fields={"TITLE": "By an SDK", "OPPORTUNITY": 12.5}).result
    )
    changed = await asyncio.to_thread(
        lambda: client.crm.deal.update(bitrix_id=added, fields={"STAGE_ID": "WON"}).result
    )
    profile = await asyncio.to_thread(lambda: client.profile().result)

    row = portal.get("deal", added)
    assert set(fields) >= {"TITLE", "STAGE_ID", "UF_CRM_1700008000"}
    assert (row["TITLE"], row["OPPORTUNITY"], row["STAGE_ID"]) == ("By an SDK", "12.50", "WON")
    assert changed is True
    assert profile["ADMIN"] is True


async def test_b24pysdk_batches_and_understands_errors(secure):
    _, token = secure
    commands = {str(number): ("crm.deal.get", {"id": 1}) for number in range(60)}

    answer = await asyncio.to_thread(token.call_batches, commands)
    with pytest.raises(BitrixAPIError) as caught:
        await asyncio.to_thread(token.call_method, "crm.item.get", {"entityTypeId": 2, "id": 10**9})

    assert len(answer["result"]["result"]) == 60
    assert "Element not found" in str(caught.value)


def _walk(token, method, params):
    """The SDK reads on while one iterates: that has to happen beside the event loop."""
    return list(token.call_list_fast(method, params)["result"])


def _id(row):
    return int(row["ID"])
