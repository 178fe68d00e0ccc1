"""Envelopes, refusals and PHP's bracket notation."""

import decimal
import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge24.bitrix import Call
from bridge24.bitrix import errors as e
from bridge24.bitrix.php import MAX_DEPTH, USUAL_NAME, Malformed, decode, encode
from bridge24.bitrix.refusals import refusal
from bridge24.bitrix.wire import Answer, body_of, reply_of, time_of

TABLE = [
    (503, "QUERY_LIMIT_EXCEEDED", "", e.QueryLimitExceeded),
    (429, "OPERATION_TIME_LIMIT", "", e.OperationTimeLimit),
    (503, "OVERLOAD_LIMIT", "", e.Overload),
    (500, "INTERNAL_SERVER_ERROR", "", e.PortalFailed),
    (401, "NO_AUTH_FOUND", "", e.InvalidCredentials),
    (401, "INVALID_CREDENTIALS", "", e.InvalidCredentials),
    (403, "INVALID_CREDENTIALS", "", e.InvalidCredentials),
    (401, "expired_token", "", e.ExpiredToken),
    (401, "invalid_token", "", e.InvalidCredentials),
    (401, "insufficient_scope", "", e.InsufficientScope),
    (403, "insufficient_scope", "", e.InsufficientScope),
    (400, "", "The current method required more scopes. (crm)", e.InsufficientScope),
    (401, "authorization_error", "", e.UserRefused),
    (401, "ERROR_OAUTH", "Application not installed", e.NotInstalled),
    (401, "METHOD_CONFIRM_WAITING", "", e.ConfirmationNeeded),
    (401, "PAYMENT_REQUIRED", "", e.PaymentRequired),
    (403, "ACCESS_DENIED", "REST API is available only on commercial plans", e.PaymentRequired),
    (403, "ACCESS_DENIED", "Access denied! Application context required", e.WrongAuthType),
    (403, "WRONG_AUTH_TYPE", "", e.WrongAuthType),
    (400, "ACCESS_DENIED", "Access Denied", e.AccessDenied),
    (400, "", "Access denied.", e.AccessDenied),
    (500, "PORTAL_DELETED", "", e.PortalDeleted),
    (410, "PORTAL_DELETED", "", e.PortalDeleted),
    (404, "ERROR_METHOD_NOT_FOUND", "Method not found!", e.MethodNotFound),
    (400, "NOT_FOUND", "Элемент не найден", e.NotFound),
    (400, "", "Not found", e.NotFound),
    (400, "", "Parameter 'filter' must be array.", e.InvalidArgument),
    (400, 100, "Could not find value for parameter {id}", e.InvalidArgument),
    (400, "100", "", e.InvalidArgument),
    (400, "INVALID_ARG_VALUE", "", e.InvalidArgument),
    (400, 0, "Invalid sorting key", e.MethodError),
    (400, 200040300010, "Access Denied", e.AccessDenied),
    (400, "Status is not found.", "", e.MethodError),
    (200, "", "Что-то не так", e.MethodError),
    (405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "", e.BatchRefused),
    (401, "SOMETHING_NEW", "", e.InvalidCredentials),
    (403, "SOMETHING_NEW", "", e.AccessDenied),
    (502, "SOMETHING_NEW", "", e.PortalFailed),
    (400, {"code": "X", "message": "v3"}, None, e.MethodError),
]


@pytest.mark.parametrize(("status", "code", "text", "kind"), TABLE)
def test_refusal_is_known_by_its_code_first(
    status: int, code: object, text: str | None, kind: type[e.BitrixError]
) -> None:
    body = orjson.dumps({"error": code, "error_description": text})

    with pytest.raises(e.BitrixError) as caught:
        reply_of(Answer(status, body), method="crm.deal.list")

    assert type(caught.value) is kind
    assert caught.value.status == status
    assert caught.value.method == "crm.deal.list"


def test_status_without_error_key_is_still_an_error() -> None:
    with pytest.raises(e.PortalFailed):
        reply_of(Answer(500, b'{"result": []}'), method="profile")


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"result": [', b"[]", b"null", b'{"time": {}}'])
def test_body_that_is_no_envelope_is_unexpected(body: bytes) -> None:
    with pytest.raises(e.UnexpectedAnswer):
        reply_of(Answer(200, body), method="profile")


@pytest.mark.parametrize(("status", "retryable"), [(200, True), (502, True), (404, False)])
def test_page_of_another_program_is_not_worth_repeating(status: int, *, retryable: bool) -> None:
    with pytest.raises(e.UnexpectedAnswer) as caught:
        reply_of(Answer(status, b"<html>"), method="profile")

    assert caught.value.retryable is retryable


def test_gate_that_answers_429_in_html_is_a_request_limit() -> None:
    with pytest.raises(e.QueryLimitExceeded):
        reply_of(Answer(429, b"<html>slow down</html>"), method="profile")


@settings(deadline=None)
@given(st.integers(-(10**40), 10**40))
def test_integer_of_any_length_keeps_every_digit(number: int) -> None:
    for body in ({"result": number}, {"result": [number]}, {"result": {"a": [1, number]}}):
        text = json.dumps(body, separators=(",", ":"))
        for spelling in (text, json.dumps(body)):
            assert reply_of(Answer(200, spelling.encode()), method="x").result == body["result"]


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.text() | st.integers(), st.lists))
def test_time_of_anything_is_a_time(raw: object) -> None:
    assert time_of(raw).operating is None
    assert time_of({"operating": raw, "start": raw, "finish": raw}) is not None


@pytest.mark.parametrize("raw", ["nan", "inf", float("nan"), float("inf"), 10**400, True, "1,5"])
def test_figure_that_is_no_number_is_none(raw: object) -> None:
    assert time_of({"operating": raw}).operating is None


def test_time_of_a_whole_second_portal_is_read() -> None:
    time = time_of({"start": 1, "finish": 2, "operating": 0, "operating_reset_at": "600"})

    assert (time.start, time.finish, time.operating, time.operating_reset_at) == (1, 2, 0, 600)


def test_body_keeps_types_and_carries_the_token() -> None:
    params = {"filter": {">ID": 5}, "tags": ("a", "b"), "sum": decimal.Decimal("1.10"), 3: None}

    body = orjson.loads(body_of(params, token="t0ken"))

    assert body == {
        "filter": {">ID": 5},
        "tags": ["a", "b"],
        "sum": "1.10",
        "3": None,
        "auth": "t0ken",
    }


@pytest.mark.parametrize(
    ("method", "is_read"),
    [
        ("crm.deal.list", True),
        ("CRM.Item.Fields", True),
        ("tasks.task.getFields", True),
        ("profile", True),
        ("server.time", True),
        ("crm.deal.productrows.get", True),
        ("crm.deal.productrows.set", False),
        ("crm.item.batchImport", False),
        ("event.offline.get", False),
        ("event.bind", False),
        ("im.notify", False),
    ],
)
def test_reads_are_known_by_their_last_word(method: str, *, is_read: bool) -> None:
    assert Call(method).is_read is is_read


_KEYS = st.text(min_size=1).filter(lambda key: not set("[]\0") & set(key))
_TREES = st.recursive(
    st.text(),
    lambda inner: (
        st.dictionaries(_KEYS.filter(lambda key: not key.isdecimal()), inner, min_size=1)
        | st.lists(inner, min_size=1)
    ),
    max_leaves=20,
)


@settings(deadline=None, max_examples=40)
@given(st.dictionaries(_KEYS.filter(lambda key: not key.isdecimal()), _TREES))
def test_php_notation_comes_back_as_it_went(tree: dict[str, object]) -> None:
    try:
        assert decode(encode(tree)) == tree
    except Malformed:
        assert encode(tree).count("[") > MAX_DEPTH


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[1]=x&a[0]=y", {"a": {"1": "x", "0": "y"}}),
        ("a[5]=x&a[]=y", {"a": {"5": "x", "6": "y"}}),
        ("a=1&a=2", {"a": "2"}),
        ("a=1&a[b]=2", {"a": {"b": "2"}}),
        ("a[b]=1&", {"a": {"b": "1"}}),
        ("filter[%3E%3DID]=1", {"filter": {">=ID": "1"}}),
        ("filter[>=ID]=1", {"filter[>": "ID]=1"}),
        ("a=b+c%20d", {"a": "b c d"}),
        ("key[]=", {"key": [""]}),
        ("=x&&", {}),
        ("a[[b]=1", {"a": {"[b": "1"}}),
        ("a[b]c=1", {"a": {"b": "1"}}),
        ("a[][x]=1&a[][x]=2", {"a": [{"x": "1"}, {"x": "2"}]}),
    ],
)
def test_php_notation_is_read_as_php_reads_it(text: str, tree: object) -> None:
    assert decode(text) == tree


def test_values_php_cannot_say_are_written_as_php_would() -> None:
    params = {"a": True, "b": False, "c": None, "d": [], "e": {"f": [], "g": {}}}

    assert encode(params) == "a=1&b=0&c=&e[f][]="


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_001, "a=1&" * 5_001, "a" + "[b]" * 17 + "=1"],
    ids=["long", "many", "deep"],
)
def test_hostile_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        decode(text)


def test_error_sentence_names_method_code_and_status() -> None:
    error = refusal("NOT_FOUND", "Item not found", method="crm.item.get", status=400)

    assert str(error) == "crm.item.get: NOT_FOUND Item not found (HTTP 400)"


@pytest.mark.parametrize("length", [5, USUAL_NAME, USUAL_NAME + 1, 5_000])
def test_a_name_of_any_length_is_taken_apart_each_time_alike(length: int) -> None:
    name = "x" * length
    for value in ("1", "2"):
        assert decode(f"data%5B{name}%5D%5B%5D={value}") == {"data": {name: [value]}}
