"""Real sockets: TLS, time-outs, resets, gzip, redirects, keep-alive."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from aiohttp import web

from bridge24.bitrix import BitrixClient, HttpTransport, PortalLimits, Webhook
from bridge24.bitrix import errors as e
from bridge24.bitrix.wire import Call, Reply, Request

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CODE = "s3cr3tw3bh00kc0d"
GOOD = b'{"result": {"ID": "1"}}'


@asynccontextmanager
async def _serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server whose every path is answered by the handler; its address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("body", [GOOD, b'{"result": {"result": {"c0": 1}}}'])
async def test_an_answer_without_a_time_of_its_own_is_dated_by_its_header(body: bytes) -> None:
    async def handler(request: web.Request) -> web.Response:
        date = {"Date": "Tue, 02 Jan 2024 03:04:05 GMT"}
        return web.Response(body=body, content_type="application/json", headers=date)

    async with _serving(handler) as base, _client(base, HttpTransport()) as client:
        if body is GOOD:
            time = (await client.call("profile")).time
        else:
            (outcome,) = await client.batch([Call("profile")])
            assert isinstance(outcome, Reply)
            time = outcome.time

    named = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert time.began_at is not None
    assert named - timedelta(minutes=5) < time.began_at <= named


async def test_an_answer_that_nothing_dates_has_no_moment() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=GOOD, content_type="application/json", headers={"Date": "today"})

    async with _serving(handler) as base, _client(base, HttpTransport()) as client:
        assert (await client.call("profile")).time.began_at is None


async def _send(base: str, **options: float) -> e.BitrixError:
    transport = HttpTransport(**options)
    try:
        with pytest.raises(e.BitrixError) as caught:
            await transport.send(Request(f"{base}/rest/1/{CODE}/profile", b"{}"))
        _assert_no_secret(caught.value)
        return caught.value
    finally:
        await transport.close()


def _assert_no_secret(error: BaseException | None) -> None:
    """Neither the error nor anything a traceback would chain to it shows the code."""
    while error is not None:
        assert CODE not in str(error)
        assert CODE not in repr(error)
        error = error.__cause__ or error.__context__


def _client(base: str, transport: HttpTransport) -> BitrixClient:
    return BitrixClient(
        Webhook(f"{base}/rest/1/{CODE}/"),
        transport=transport,
        limits=PortalLimits(),
        host_policy=lambda host: host == "localhost",
    )


async def test_post_carries_json_over_one_kept_connection() -> None:
    seen: list[tuple[object, object, object]] = []

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        peer = request.transport.get_extra_info("peername")
        seen.append((request.path, await request.json(), peer))
        return web.Response(body=GOOD, content_type="application/json")

    async with _serving(handler) as base:
        webhook = Webhook(f"{base}/rest/1/{CODE}/")
        async with BitrixClient(webhook, limits=PortalLimits()) as client:
            await client.call("profile", {"a": [1]})
            reply = await client.call("profile", {"a": [1]})

    assert reply.result == {"ID": "1"}
    assert [path for path, _, _ in seen] == [f"/rest/1/{CODE}/profile"] * 2
    assert [body for _, body, _ in seen] == [{"a": [1]}] * 2
    assert len({peer for _, _, peer in seen}) == 1


async def test_gzip_is_asked_for_and_understood() -> None:
    async def handler(request: web.Request) -> web.Response:
        assert "gzip" in request.headers["Accept-Encoding"]
        return web.Response(body=gzip.compress(GOOD), headers={"Content-Encoding": "gzip"})

    async with _serving(handler) as base:
        transport = HttpTransport()
        assert (await transport.send(Request(f"{base}/rest/", b"{}"))).body == GOOD
        await transport.close()


async def test_broken_gzip_is_a_lost_connection() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=b"no gzip", headers={"Content-Encoding": "gzip"})

    async with _serving(handler) as base:
        assert isinstance(await _send(base), e.ConnectionLost)


async def test_silence_is_a_timeout() -> None:
    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    async with _serving(handler) as base:
        error = await _send(base, total_seconds=0.1)

    assert isinstance(error, e.TimedOut)
    assert error.may_have_run


async def test_answer_that_stops_halfway_is_a_lost_connection() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(GOOD)
        assert request.transport is not None
        request.transport.abort()
        return response

    async with _serving(handler) as base:
        error = await _send(base)

    assert isinstance(error, e.ConnectionLost)
    assert error.may_have_run


async def test_reset_before_the_answer_is_a_lost_connection() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with _serving(handler) as base:
        assert isinstance(await _send(base), e.ConnectionLost)


async def test_nobody_listening_is_unreachable_and_nothing_ran() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response()

    async with _serving(handler) as base:
        pass
    error = await _send(base)

    assert isinstance(error, e.Unreachable)
    assert not error.may_have_run


async def test_unknown_host_is_unreachable() -> None:
    assert isinstance(await _send("http://no-such-portal.invalid"), e.Unreachable)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def _server_tls(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


async def _answer(_: web.Request) -> web.Response:
    return web.Response(body=GOOD)


async def test_unknown_authority_is_refused_before_anything_is_sent(authority: trustme.CA) -> None:
    async with _serving(_answer, _server_tls(authority, "127.0.0.1")) as base:
        error = await _send(base)

    assert isinstance(error, e.TlsFailed)
    assert "self-signed" in error.description or "unable to get" in error.description
    assert not error.retryable


async def test_certificate_of_another_host_is_refused(authority: trustme.CA) -> None:
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    transport = HttpTransport(ca=trust)

    async with _serving(_answer, _server_tls(authority, "other.example.com")) as base:
        with pytest.raises(e.TlsFailed):
            await transport.send(Request(f"{base}/rest/", b"{}"))
    await transport.close()


async def test_trusted_authority_is_accepted(authority: trustme.CA) -> None:
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    transport = HttpTransport(ca=trust)

    async with _serving(_answer, _server_tls(authority, "127.0.0.1")) as base:
        assert (await _client(base, transport).call("profile")).result == {"ID": "1"}
    await transport.close()


async def test_plain_server_behind_https_is_a_tls_failure() -> None:
    async with _serving(_answer) as base:
        assert isinstance(await _send(base.replace("http:", "https:")), e.TlsFailed)


async def test_redirect_on_the_wire_keeps_the_post_and_its_body() -> None:
    bodies: list[object] = []

    async def moved(request: web.Request) -> web.Response:
        bodies.append((request.method, request.path, await request.json()))
        return web.Response(body=GOOD)

    async with _serving(moved) as new:
        target = new.replace("127.0.0.1", "localhost")

        async def handler(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"{target}{request.path}"})

        async with _serving(handler) as old:
            transport = HttpTransport()
            await _client(old, transport).call("crm.deal.add", {"fields": {"TITLE": "x"}})
            await transport.close()

    assert bodies == [("POST", f"/rest/1/{CODE}/crm.deal.add", {"fields": {"TITLE": "x"}})]


async def test_redirect_to_another_machine_is_refused() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"https://evil.com/rest/1/{CODE}/x"})

    async with _serving(handler) as base:
        transport = HttpTransport()
        with pytest.raises(e.ForbiddenRedirect) as caught:
            await _client(base, transport).call("profile")
        await transport.close()

    _assert_no_secret(caught.value)
