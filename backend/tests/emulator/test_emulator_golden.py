"""The golden micro-cases: small requests whose answers the documentation fixes."""

import aiohttp
import pytest

from bridge24.emulator import Emulator, PortalSpec


async def test_uncounted_page_has_fifty_rows_a_zero_total_and_no_next(api):
    reply = await api.call("CRM.DEAL.LIST.json", start=-1, order={"ID": "ASC"}, filter={">ID": 0})

    assert len(reply.result) == 50
    assert reply.body["total"] == 0
    assert "next" not in reply.body


async def test_missing_deal_is_an_error_with_an_empty_code(api):
    reply = await api.call("crm.deal.get", id=999_999)

    assert reply.status == 400
    assert reply.body == {"error": "", "error_description": "Not found"}


async def test_missing_item_is_not_found(api):
    reply = await api.call("crm.item.get", entityTypeId=2, id=999_999)

    assert reply.error == (400, "NOT_FOUND")


async def test_unknown_item_filter_field_is_refused(api):
    reply = await api.call("crm.item.list", entityTypeId=2, filter={"nope": 1})

    assert reply.error == (400, "INVALID_ARG_VALUE")
    assert reply.body["error_description"] == (
        "Invalid filter: field 'nope' is not allowed in filter"
    )


async def test_unknown_classic_filter_field_returns_the_whole_table(api):
    reply = await api.call("crm.deal.list", filter={"NOPE": 1})

    assert reply.body["total"] == 200


async def test_query_string_filters_and_selects(api):
    url = f"{api.url}crm.deal.list?filter[%3EID]=10&select[]=ID"
    async with api.session.get(url) as answer:
        rows = (await answer.json())["result"]

    assert all(set(row) == {"ID"} for row in rows)
    assert min(int(row["ID"]) for row in rows) > 10


async def test_the_fifty_first_command_is_too_many(api):
    reply = await api.call("batch", cmd={f"c{n}": "profile" for n in range(51)})

    assert len(reply.result["result"]) == 50
    assert reply.result["result_error"]["c50"]["error"] == "ERROR_BATCH_LENGTH_EXCEEDED"


async def test_a_batch_in_a_batch_is_refused_as_a_list(api):
    reply = await api.call("batch", cmd=["batch?cmd[0]=profile"])

    [error] = reply.result["result_error"]
    assert error["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"
    assert reply.result["result"] == []


async def test_the_fifty_first_quick_request_is_turned_away():
    async with (
        Emulator([PortalSpec()], limits="documented") as emulator,
        aiohttp.ClientSession() as session,
    ):
        statuses = []
        for _ in range(60):
            async with session.post(emulator.webhook_url("acme") + "server.time") as answer:
                body = await answer.json()
                statuses.append(answer.status)

    assert 503 in statuses[50:]
    assert statuses[:50] == [200] * 50
    assert statuses[-1] != 503 or body["error"] == "QUERY_LIMIT_EXCEEDED"


async def test_unknown_method_is_404(api):
    assert (await api.call("nope.method")).error == (404, "ERROR_METHOD_NOT_FOUND")


@pytest.mark.parametrize("path", ["1/bad/profile", "2/bad/profile.json"])
async def test_wrong_webhook_code_is_401(api, path):
    async with api.session.post(f"{api.emulator.url}/acme/rest/{path}") as answer:
        assert answer.status == 401
        assert (await answer.json())["error"] == "INVALID_CREDENTIALS"


async def test_no_token_is_401_and_no_user_id_is_404(api):
    async with api.session.post(f"{api.emulator.url}/acme/rest/profile") as answer:
        assert (answer.status, (await answer.json())["error"]) == (401, "NO_AUTH_FOUND")
    async with api.session.post(f"{api.emulator.url}/acme/rest/code/profile") as answer:
        assert (answer.status, (await answer.json())["error"]) == (404, "ERROR_METHOD_NOT_FOUND")


async def test_deleted_item_leaves_an_empty_list(api):
    reply = await api.call("crm.item.delete", entityTypeId=2, id=5)

    assert reply.result == []
    assert (await api.call("crm.deal.get", id=5)).error == (400, "")


async def test_adding_says_the_id_and_updating_true(api):
    added = (await api.call("crm.deal.add", fields={"TITLE": "New"})).result
    updated = (await api.call("crm.deal.update", id=added, fields={"TITLE": "Newer"})).result

    assert isinstance(added, int)
    assert updated is True
    assert (await api.call("crm.deal.get", id=added)).result["TITLE"] == "Newer"


async def test_funnels_come_in_one_page_whatever_the_start(api):
    first = await api.call("crm.category.list", entityTypeId=2)
    later = await api.call("crm.category.list", entityTypeId=2, start=50)

    assert first.result == later.result
    assert later.body["total"] == 3


async def test_missing_scope_is_told_with_a_text_alone_and_without_in_a_batch(api):
    api.portal.add_webhook(1, "onlycrm", scopes={"crm"})
    url = f"{api.emulator.url}/acme/rest/1/onlycrm/"

    async with api.session.post(url + "user.current") as answer:
        alone = await answer.json()
        status = answer.status
    async with api.session.post(url + "batch", json={"cmd": ["user.current"]}) as answer:
        inside = await answer.json()

    assert (status, alone["error"]) == (401, "insufficient_scope")
    assert alone["error_description"]
    assert inside["result"]["result_error"] == [
        {"error": "insufficient_scope", "error_description": ""}
    ]


async def test_webhooks_are_no_applications(api):
    assert (await api.call("app.info")).error == (403, "ACCESS_DENIED")
    assert (await api.call("event.bind", event="ONCRMDEALADD")).error[0] == 403


async def test_the_third_version_has_no_crm(api):
    code = api.url.rstrip("/").rpartition("/")[2]
    url = f"{api.emulator.url}/acme/rest/api/1/{code}/crm.deal.list"
    async with api.session.post(url, json={}) as answer:
        error = (await answer.json())["error"]

    assert error["code"] == "BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION"


async def test_slashes_are_escaped_and_rows_stay_the_same(api):
    api.portal.update("deal", 1, {"TITLE": "a/b \\/ c"})
    async with api.session.post(api.url + "crm.deal.list", json={"filter": {"ID": 1}}) as answer:
        text = await answer.text()
        title = (await answer.json())["result"][0]["TITLE"]

    assert '"a\\/b \\\\\\/ c"' in text
    assert title == "a/b \\/ c"
