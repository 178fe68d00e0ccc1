"""What every HTTP answer has."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx2
import pytest
from fastapi import Body, FastAPI

from bridge24 import api
from bridge24.core.errors import DatabaseUnreachable, NotFound


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """The API with three broken paths and an echo, without a database."""
    app = api.build(FastAPI())

    @app.get("/known")
    async def known() -> None:
        raise DatabaseUnreachable(address="db:5432", reason="refused")

    @app.get("/unknown")
    async def unknown() -> None:
        raise ValueError("password=hunter2")

    @app.get("/number/{number}")
    async def number(number: int) -> int:
        return number

    @app.post("/echo")
    async def echo(text: Annotated[str, Body(embed=True)]) -> str:
        return text

    @app.post("/lacking")
    async def lacking(text: Annotated[str, Body(embed=True)]) -> None:
        raise NotFound(what=text)

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_health_answers_without_a_database(http: httpx2.AsyncClient) -> None:
    response = await http.get("/health")
    assert response.json() == {"status": "ok"}
    assert len(response.headers["X-Trace-Id"]) == 32


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/known", 503, "DatabaseUnreachable"),
        ("/unknown", 500, "InternalError"),
        ("/number/x", 422, "InvalidRequest"),
        ("/nowhere", 404, "NotFound"),
    ],
)
async def test_every_error_is_json_with_a_trace_id(
    http: httpx2.AsyncClient, path: str, status: int, error: str
) -> None:
    response = await http.get(path)
    body = response.json()
    assert (response.status_code, body["error"]) == (status, error)
    assert set(body) == {"error", "message", "detail", "trace_id"}
    assert body["trace_id"] == response.headers["X-Trace-Id"]
    assert "hunter2" not in response.text


async def test_ready_says_that_the_database_is_missing(http: httpx2.AsyncClient) -> None:
    response = await http.get("/ready")
    assert response.status_code == 500
    assert response.json()["error"] == "InternalError"


async def test_half_a_letter_is_refused_as_a_mistake_of_the_request(
    http: httpx2.AsyncClient,
) -> None:
    headers = {"Content-Type": "application/json"}
    response = await http.post("/echo", content=b'{"text": "\\ud83d"}', headers=headers)

    assert response.status_code == 422
    body = response.json()
    assert (body["error"], len(body["trace_id"])) == ("InvalidRequest", 32)
    assert "half a letter" in body["message"]
    whole = await http.post("/echo", content=b'{"text": "\\ud83d\\ude00"}', headers=headers)
    assert whole.json() == "\N{GRINNING FACE}"


async def test_an_error_may_repeat_half_a_letter(http: httpx2.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = await http.post("/lacking", content=b'{"text": "a\\ud83d"}', headers=headers)

    assert response.status_code == 404
    assert response.json()["message"] == "There is no a\ud83d."
