"""Parameters arrive however a client sends them, decoded as PHP decodes them."""

import json

import aiohttp
import pytest

from bridge24.emulator.params import decode_body, parse_query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            "filter[>ID]=100&filter[@STAGE_ID][]=NEW&filter[@STAGE_ID][]=WON",
            {"filter": {">ID": "100", "@STAGE_ID": ["NEW", "WON"]}},
        ),
        ("filter[%3EID]=100", {"filter": {">ID": "100"}}),
        ("filter%5B%3EID%5D=100", {"filter": {">ID": "100"}}),
        ("select[]=ID&select[]=TITLE", {"select": ["ID", "TITLE"]}),
        ("select[0]=ID&select[1]=TITLE&", {"select": ["ID", "TITLE"]}),
        ("select[1]=ID", {"select": {"1": "ID"}}),
        (
            "fields[PHONE][0][VALUE]=%2B49111&fields[PHONE][0][VALUE_TYPE]=WORK",
            {"fields": {"PHONE": [{"VALUE": "+49111", "VALUE_TYPE": "WORK"}]}},
        ),
        ("key[]=", {"key": [""]}),
        ("a=1+2%203&a=4", {"a": "4"}),
        ("filter[>=ID]=1", {"filter_>": "ID]=1"}),
        ("x.y=1", {"x_y": "1"}),
    ],
)
def test_brackets_are_read_as_php_reads_them(query, expected):
    assert parse_query(query) == expected


def test_a_json_list_is_positional():
    assert decode_body("application/json", b'[5, {"a": 1}]') == {"0": 5, "1": {"a": 1}}


@pytest.mark.parametrize("body", [b"", b"{", b'"text"', b"12"])
def test_what_is_no_object_is_no_parameters(body):
    assert decode_body("application/json", body) == {}


async def test_json_form_multipart_and_query_ask_the_same(api):
    wanted = {"filter": {"<=ID": 3}, "select": ["ID"]}
    multipart = aiohttp.FormData(default_to_multipart=True)
    for name, value in (("filter[<=ID]", "3"), ("select[0]", "ID")):
        multipart.add_field(name, value)
    ways = [
        {"json": wanted},
        {"data": {"filter[<=ID]": "3", "select[]": "ID"}},
        {"data": multipart},
        {"params": {"filter[<=ID]": "3"}, "json": {"SELECT": ["ID"]}},
    ]

    answers = []
    for way in ways:
        async with api.session.post(api.url + "crm.deal.list/", **way) as answer:
            answers.append(json.dumps((await answer.json())["result"]))

    assert answers == ['[{"ID": "1"}, {"ID": "2"}, {"ID": "3"}]'] * 4
