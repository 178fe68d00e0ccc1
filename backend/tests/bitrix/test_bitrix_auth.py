"""Webhook addresses, renamed portals and the hosts a secret may be sent to."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge24.bitrix import BadWebhook, BitrixClient, PortalLimits, Webhook
from bridge24.bitrix import errors as e
from bridge24.bitrix.hosts import is_bitrix24
from bridge24.bitrix.testing import Says, ScriptedTransport

CODE = "s3cr3tw3bh00kc0d"
HOME = "https://acme.bitrix24.ru"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        (f"{HOME}/rest/1/{CODE}/", HOME),
        (f"{HOME}/rest/1/{CODE}", HOME),
        (f"  {HOME}/rest/1/{CODE}/\n", HOME),
        (f"{HOME}/rest/1/{CODE}/profile.json", HOME),
        (f"{HOME}/rest/1/{CODE}/crm.deal.list/?start=0", HOME),
        (f"https://ACME.bitrix24.RU:443/rest/1/{CODE}/", HOME),
        (f"https://crm.example.com:8443/rest/1/{CODE}/", "https://crm.example.com:8443"),
        (f"http://127.0.0.1:8024/acme/rest/1/{CODE}/", "http://127.0.0.1:8024/acme"),
        (f"http://acme.localhost:8024/rest/1/{CODE}/", "http://acme.localhost:8024"),
        (f"http://[::1]:8024/rest/1/{CODE}/", "http://[::1]:8024"),
    ],
)
async def test_webhook_address_is_read(url: str, base: str) -> None:
    webhook = Webhook(url)

    signature = await webhook.sign()

    assert signature.base == base
    assert signature.path == f"/rest/1/{CODE}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.bitrix24.ru",
        f"{HOME}/",
        f"{HOME}/rest/{CODE}/",
        f"{HOME}/rest/abc/{CODE}/",
        f"ftp://acme.bitrix24.ru/rest/1/{CODE}/",
        f"http://acme.bitrix24.ru/rest/1/{CODE}/",
        f"http://localhost.evil.com/rest/1/{CODE}/",
        f"https:///rest/1/{CODE}/",
        f"https://acme.bitrix24.ru:port/rest/1/{CODE}/",
        f"https://acme.bitrix24.ru\\@evil.com/rest/1/{CODE}/",
        f"https://acme.bitrix24.ru/re st/1/{CODE}/",
    ],
)
def test_address_that_is_no_webhook_is_refused_without_showing_the_code(url: str) -> None:
    with pytest.raises(BadWebhook) as caught:
        Webhook(url)

    assert CODE not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_plain_http_is_allowed_when_asked_for() -> None:
    assert Webhook(f"http://crm.lan/rest/1/{CODE}/", allow_http=True).base == "http://crm.lan"


@given(st.text())
def test_host_that_only_contains_the_name_is_no_portal(text: str) -> None:
    assert not is_bitrix24(f"acme.bitrix24.ru.{text}evil")
    assert not is_bitrix24(f"{text}.acme.bitrix24.ru")
    assert not is_bitrix24(f"{text}acme.bitrix24.ru/evil.com")
    assert not is_bitrix24(f"acme-bitrix24.{text}.ru")


@pytest.mark.parametrize("zone", ["ru", "com", "de", "eu", "kz", "com.br", "com.tr", "in"])
def test_clouds_of_all_zones_are_portals(zone: str) -> None:
    assert is_bitrix24(f"my-company24.bitrix24.{zone}")


def _client(portal: ScriptedTransport, hosts: list[str], **options: object) -> BitrixClient:
    return BitrixClient(
        Webhook(f"{HOME}/rest/1/{CODE}/"),
        transport=portal,
        limits=PortalLimits(),
        on_renamed=hosts.append,
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_renamed_portal_gets_the_same_post_and_is_remembered(
    status: int, portal: ScriptedTransport
) -> None:
    renamed: list[str] = []
    client = _client(portal, renamed)
    portal.on("crm.deal.add", 5)
    portal.once(
        "crm.deal.add",
        Says(status=status, location=f"https://new.bitrix24.ru/rest/1/{CODE}/crm.deal.add"),
    )

    await client.call("crm.deal.add", {"fields": {"TITLE": "x"}})
    await client.call("crm.deal.add", {"fields": {"TITLE": "y"}})

    hosts = [request.url.split("/")[2] for request in portal.requests]
    assert hosts == ["acme.bitrix24.ru", "new.bitrix24.ru", "new.bitrix24.ru"]
    assert portal.requests[0].body == portal.requests[1].body
    assert renamed == ["new.bitrix24.ru"]


async def test_portal_renamed_back_is_followed(portal: ScriptedTransport) -> None:
    renamed: list[str] = []
    client = _client(portal, renamed)
    portal.on("profile", {})

    for host in ("new", "acme"):
        portal.once("profile", Says(status=302, location=f"https://{host}.bitrix24.ru/rest/1/x/"))
        await client.call("profile")
    await client.call("profile")

    assert renamed == ["new.bitrix24.ru", "acme.bitrix24.ru"]
    assert "//acme." in portal.requests[-1].url


async def test_hook_may_be_a_coroutine(portal: ScriptedTransport) -> None:
    kept: list[str] = []

    async def keep(host: str) -> None:
        kept.append(host)

    client = BitrixClient(
        Webhook(f"{HOME}/rest/1/{CODE}/"),
        transport=portal,
        limits=PortalLimits(),
        on_renamed=keep,
    )
    portal.on("profile", {})
    portal.once("profile", Says(status=302, location="https://new.bitrix24.ru/rest/1/x/profile"))

    await client.call("profile")

    assert kept == ["new.bitrix24.ru"]


async def test_hook_that_fails_does_not_cost_the_answer(portal: ScriptedTransport) -> None:
    def fail(host: str) -> None:
        raise OSError(host)

    reported: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, facts: reported.append(facts))
    client = BitrixClient(
        Webhook(f"{HOME}/rest/1/{CODE}/"),
        transport=portal,
        limits=PortalLimits(),
        on_renamed=fail,
    )
    portal.on("crm.deal.add", 5)
    portal.once("crm.deal.add", Says(status=302, location="https://new.bitrix24.ru/rest/1/x/y"))

    assert (await client.call("crm.deal.add")).result == 5
    assert [str(facts["exception"]) for facts in reported] == ["new.bitrix24.ru"]


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.com/rest/1/x/profile",
        "https://acme.bitrix24.ru.evil.com/rest/1/x/profile",
        "https://acme.bitrix24.ru@evil.com/rest/1/x/profile",
        "https://evil.com\\@new.bitrix24.ru/rest/1/x/profile",
        "http://new.bitrix24.ru/rest/1/x/profile",
        "http://acme.bitrix24.ru/rest/1/x/profile",
        "//evil.com/rest/1/x/profile",
        "/auth/",
        "",
        "https://acme.bitrix24.ru/rest/1/x/profile",
    ],
)
async def test_redirect_nobody_approved_is_an_error_and_nothing_is_sent(
    location: str, portal: ScriptedTransport
) -> None:
    renamed: list[str] = []
    portal.on("profile", Says(status=302, location=location))

    with pytest.raises(e.ForbiddenRedirect) as caught:
        await _client(portal, renamed).call("profile")

    assert len(portal.requests) == 1
    assert renamed == []
    assert caught.value.method == "profile"
    assert CODE not in str(caught.value)


async def test_endless_renames_end(portal: ScriptedTransport) -> None:
    turns = iter(range(100))
    portal.on(
        "profile",
        lambda _: Says(status=302, location=f"https://p{next(turns)}.bitrix24.ru/rest/1/x/y"),
    )
    renamed: list[str] = []

    with pytest.raises(e.ForbiddenRedirect, match="circles"):
        await _client(portal, renamed).call("profile")

    assert renamed == []


async def test_new_host_that_does_not_answer_sensibly_is_not_kept(
    portal: ScriptedTransport,
) -> None:
    renamed: list[str] = []
    portal.once(
        "profile",
        Says(status=302, location="https://new.bitrix24.ru/rest/1/x/profile"),
        Says(status=404, body=b"<html>"),
    )

    with pytest.raises(e.UnexpectedAnswer):
        await _client(portal, renamed).call("profile")

    assert renamed == []
