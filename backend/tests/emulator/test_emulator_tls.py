"""TLS works for localhost and for every portal's own name, and only with the authority."""

import asyncio
import ssl
from pathlib import Path

import pytest

from bridge24.emulator.tls import server_context


async def shake_hands(ca_file: Path | None, *, name: str, server: ssl.SSLContext) -> None:
    async def close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    listening = await asyncio.start_server(close, "127.0.0.1", 0, ssl=server)
    async with listening:
        client = ssl.create_default_context(cafile=ca_file)
        port = listening.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=client, server_hostname=name
        )
        writer.close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "acme.localhost"])
async def test_a_client_that_knows_the_authority_trusts_the_name(tmp_path: Path, name: str) -> None:
    ca_file = tmp_path / "ca.pem"
    context = server_context(ca_file, hosts=("acme.localhost",))

    await shake_hands(ca_file, name=name, server=context)
    assert "PRIVATE" not in ca_file.read_text()


async def test_a_stranger_refuses_the_certificate() -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await shake_hands(None, name="localhost", server=server_context())


def test_an_unwritable_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        server_context(tmp_path / "nowhere" / "ca.pem")
