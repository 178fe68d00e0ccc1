"""A batch runs its commands in order, each on its own, in one request."""

import pytest


async def batch(api, commands, **params):
    return (await api.call("batch", cmd=commands, **params)).result


async def test_fifty_chained_pages_reach_the_end_and_stay_empty_beyond(api):
    commands = {"c0": "crm.deal.list?select[]=ID&filter[%3EID]=0&order[ID]=ASC&start=-1"}
    for number in range(1, 50):
        before = f"%24result%5Bc{number - 1}%5D%5B49%5D%5BID%5D"
        commands[f"c{number}"] = (
            f"crm.deal.list?select[]=ID&filter[%3EID]={before}&order[ID]=ASC&start=-1"
        )

    pages = (await batch(api, commands))["result"]

    seen = [row["ID"] for page in pages.values() for row in page]
    assert seen == [row["ID"] for row in api.portal.rows("deal")]
    assert pages["c49"] == []


async def test_references_reach_items_scalars_and_lists(api):
    answer = await batch(
        api,
        {
            "me": "user.current",
            "mine": "department.get?ID=$result[me][UF_DEPARTMENT][0]",
            "items": "crm.item.list?entityTypeId=2&order[id]=DESC&start=-1",
            "last": "crm.item.get?entityTypeId=2&id=$result[items][items][0][id]",
            "add": "crm.deal.add?fields[TITLE]=from $result[me][NAME]&fields[COMPANY_ID]=2",
            "added": "crm.deal.get?id=$result[add]",
        },
    )

    result = answer["result"]
    assert answer["result_error"] == []
    assert result["mine"][0]["ID"] == str(result["me"]["UF_DEPARTMENT"][0])
    assert result["last"]["item"]["id"] == result["items"]["items"][0]["id"]
    assert result["added"]["TITLE"] == f"from {result['me']['NAME']}"


async def test_sections_are_lists_only_when_keyed_from_zero_without_gaps(api):
    good, bad = "profile", "nope.nope"

    every = await batch(api, [good, good])
    second_failed = await batch(api, [good, bad, good])
    first_failed = await batch(api, [bad, good])

    assert isinstance(every["result"], list)
    assert isinstance(every["result_time"], list)
    assert every["result_error"] == []
    assert set(second_failed["result"]) == {"0", "2"}
    assert set(second_failed["result_error"]) == {"1"}
    assert set(first_failed["result"]) == {"1"}
    assert [each["error"] for each in first_failed["result_error"]] == ["ERROR_METHOD_NOT_FOUND"]


@pytest.mark.parametrize("halt", [1, "1", True])
async def test_halt_stops_at_the_first_failure_and_keeps_what_was_done(api, halt):
    commands = {"a": "crm.deal.add?fields[TITLE]=kept", "b": "nope", "c": "crm.deal.add"}

    answer = await batch(api, commands, halt=halt)

    assert set(answer["result"]) == {"a"}
    assert set(answer["result_error"]) == {"b"}
    assert api.portal.get("deal", answer["result"]["a"])["TITLE"] == "kept"


async def test_totals_and_nexts_belong_to_lists_alone(api):
    answer = await batch(
        api, {"list": "crm.deal.list", "last": "crm.deal.list?start=150", "p": "profile"}
    )

    assert answer["result_total"] == {"list": 200, "last": 200}
    assert answer["result_next"] == {"list": 50}
    assert set(answer["result_time"]) == {"list", "last", "p"}


@pytest.mark.parametrize("params", [{}, {"cmd": []}, {"cmd": ""}])
async def test_no_commands_are_no_error(api, params):
    reply = await api.call("batch", **params)

    assert reply.status == 200
    assert all(section == [] for section in reply.result.values())


async def test_double_encoded_commands_of_a_form_are_understood(api):
    form = "halt=0&cmd[deals]=crm.deal.list%3Fselect%5B0%5D%3DID%26filter%5B%253EID%5D%3D224"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with api.session.post(api.url + "batch", data=form, headers=headers) as answer:
        result = (await answer.json())["result"]

    assert result["result"]["deals"] == [{"ID": "225"}]


async def test_literal_ampersands_and_words_survive(api):
    title = "A&B = C+D 50% «ё» 🚀"
    from urllib.parse import quote

    answer = await batch(api, {"add": f"crm.deal.add?fields[TITLE]={quote(title, safe='')}"})

    assert api.portal.get("deal", answer["result"]["add"])["TITLE"] == title
