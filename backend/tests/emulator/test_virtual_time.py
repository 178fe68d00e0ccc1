"""The virtual loop: time leaps over idle waiting and over nothing else."""

import asyncio
import selectors
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp import ClientSession, web

from bridge24.emulator.virtual_time import (
    VirtualTimeLoop,
    _LeapingSelector,
    run_virtual,
    virtual_clock,
)

real_monotonic = time.monotonic


@asynccontextmanager
async def echo_server() -> AsyncIterator[tuple[str, int]]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()


def test_a_day_of_sleeping_passes_at_once() -> None:
    async def sleep_a_day() -> float:
        loop = asyncio.get_running_loop()
        started = loop.time()
        await asyncio.sleep(86_400)
        return loop.time() - started

    started = real_monotonic()

    assert abs(run_virtual(sleep_a_day()) - 86_400) < 0.001
    assert real_monotonic() - started < 60


def test_timers_of_two_tasks_fire_in_the_order_of_their_times() -> None:
    async def race() -> list[str]:
        seen: list[str] = []

        async def late(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            seen.append(name)

        await asyncio.gather(late("c", 300), late("a", 0.5), late("b", 299.999))
        return seen

    assert run_virtual(race()) == ["a", "b", "c"]


def test_data_on_its_way_arrives_before_a_timeout_however_short() -> None:
    async def exchange() -> int:
        async with echo_server() as (host, port):
            reader, writer = await asyncio.open_connection(host, port)
            for number in range(2_000):
                message = number.to_bytes(4, "big")
                writer.write(message)
                async with asyncio.timeout(1e-6):
                    assert await reader.readexactly(4) == message
            writer.close()
        return 2_000

    assert run_virtual(exchange()) == 2_000


def test_bodies_beyond_the_socket_buffers_arrive_before_a_timeout() -> None:
    body = b"x" * 30_000_000

    async def exchange() -> int:
        async with echo_server() as (host, port):
            reader, writer = await asyncio.open_connection(host, port)

            async def send() -> None:
                writer.write(body)
                await writer.drain()

            sending = asyncio.create_task(send())
            async with asyncio.timeout(0.001):
                received = await reader.readexactly(len(body))
            await sending
            writer.close()
        return len(received)

    assert run_virtual(exchange()) == len(body)


def test_bytes_between_two_sockets_are_seen() -> None:
    """The kernel hands loopback data over at once, so the gap is made by a full buffer."""
    selector = _LeapingSelector()
    listening = socket.create_server(("127.0.0.1", 0))
    sender = socket.create_connection(listening.getsockname())
    receiver, _ = listening.accept()
    with listening, sender, receiver:
        sender.setblocking(False)
        receiver.setblocking(False)
        selector.register(sender.fileno(), selectors.EVENT_READ)
        selector.register(receiver.fileno(), selectors.EVENT_READ)
        assert not selector._bytes_in_flight()

        sent = fill(sender)
        assert selector._bytes_in_flight()
        while sent:
            with suppress(BlockingIOError):
                sent -= len(receiver.recv(1_000_000))
        assert not selector._bytes_in_flight()
        selector.close()


def fill(sender: socket.socket) -> int:
    sent = 0
    with suppress(BlockingIOError):
        while True:
            sent += sender.send(b"x" * 1_000_000)
    return sent


def test_a_reader_that_pauses_does_not_stop_the_time() -> None:
    async def exchange() -> int:
        async def lazy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(3_600)
            writer.write(b"done" if await reader.readexactly(20_000_000) else b"")
            writer.close()

        server = await asyncio.start_server(lazy, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"x" * 20_000_000)
            answer = await reader.read()
            writer.close()
        return len(answer)

    assert run_virtual(exchange()) == 4


def test_an_hour_of_http_calls_between_sleeps_keeps_the_virtual_schedule() -> None:
    async def hour() -> tuple[int, float]:
        loop = asyncio.get_running_loop()

        async def slow(_request: web.Request) -> web.Response:
            await asyncio.sleep(0.25)
            return web.json_response({"result": 1})

        app = web.Application()
        app.router.add_post("/", slow)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        started = loop.time()
        calls = 0
        async with ClientSession() as session:
            while loop.time() - started < 3_600:
                async with session.post(url, json={}) as answer:
                    assert answer.status == 200
                calls += 1
                await asyncio.sleep(1.75)
        elapsed = loop.time() - started
        await runner.cleanup()
        return calls, elapsed

    calls, elapsed = run_virtual(hour())

    assert calls in (1_800, 1_801)
    assert abs(elapsed - 3_600) < 3


def test_time_does_not_leap_while_a_thread_works() -> None:
    async def wait_for_thread() -> str:
        def work() -> str:
            time.sleep(0.2)
            return "worked"

        async with asyncio.timeout(30):
            return await asyncio.to_thread(work)

    assert run_virtual(wait_for_thread()) == "worked"


def test_timers_still_fire_in_real_time_while_a_thread_waits_for_them() -> None:
    async def release_thread() -> bool:
        gate = threading.Event()
        asyncio.get_running_loop().call_later(0.05, gate.set)
        return await asyncio.to_thread(gate.wait, 20)

    assert run_virtual(release_thread())


def test_time_leaps_again_after_a_thread_has_ended() -> None:
    async def thread_then_sleep() -> None:
        await asyncio.to_thread(time.sleep, 0.01)
        await asyncio.sleep(86_400)

    started = real_monotonic()
    run_virtual(thread_then_sleep())

    assert real_monotonic() - started < 60


def test_real_time_can_be_held_for_outsiders() -> None:
    async def call_from_outside() -> str:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        answer: asyncio.Future[str] = loop.create_future()

        def outsider() -> None:
            time.sleep(0.2)
            loop.call_soon_threadsafe(answer.set_result, "in time")

        thread = threading.Thread(target=outsider)
        thread.start()
        with loop.real_time():
            async with asyncio.timeout(30):
                return await answer

    assert run_virtual(call_from_outside()) == "in time"


def test_third_party_clocks_follow_the_loop_and_come_back() -> None:
    async def look() -> tuple[float, float, float]:
        with virtual_clock(asyncio.get_running_loop()):
            before = (time.time(), time.monotonic(), time.perf_counter())
            await asyncio.sleep(1_000)
            after = (time.time(), time.monotonic(), time.perf_counter())
        return tuple(late - early for late, early in zip(after, before, strict=True))  # type: ignore[return-value]

    originals = (time.time, time.monotonic, time.perf_counter)
    elapsed = run_virtual(look())

    assert all(abs(seconds - 1_000) < 0.001 for seconds in elapsed)
    assert (time.time, time.monotonic, time.perf_counter) == originals
