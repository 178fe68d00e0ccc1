"""What every HTTP answer has."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from bridge24 import api
from bridge24.core.errors import DatabaseUnreachable


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """The API with three broken paths, without a database."""
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
