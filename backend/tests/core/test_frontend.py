"""The built interface is served beside the API, and nothing else of the disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from bridge24 import api
from bridge24.core import frontend


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    (tmp_path / "secret.txt").write_text("secret")
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "operator.html").write_text("<title>Bridge24</title>")
    (dist / "icon.svg").write_text("<svg/>")
    (dist / "assets" / "app-1a2b.js").write_text("1")
    app = api.build(FastAPI())
    frontend.serve(app, dist)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/charts", "/monitoring?run=7", "/no/such/page"])
async def test_every_address_of_a_screen_gets_the_page(http: httpx2.AsyncClient, path: str) -> None:
    response = await http.get(path)
    assert response.text == "<title>Bridge24</title>"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-cache"


async def test_files_are_served_and_those_with_changing_names_are_kept(
    http: httpx2.AsyncClient,
) -> None:
    assert (await http.get("/icon.svg")).text == "<svg/>"
    asset = await http.get("/assets/app-1a2b.js")
    assert asset.text == "1" and "immutable" in asset.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/v1/nothing"])
async def test_paths_of_the_api_that_do_not_exist_are_errors(
    http: httpx2.AsyncClient, path: str
) -> None:
    response = await http.get(path)
    assert (response.status_code, response.json()["error"]) == (404, "NotFound")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt"]
)
async def test_nothing_outside_the_folder_is_served(http: httpx2.AsyncClient, path: str) -> None:
    assert "secret" not in (await http.get(path)).text


def test_without_a_built_interface_there_is_just_the_api(tmp_path: Path) -> None:
    app = FastAPI()
    before = len(app.routes)
    frontend.serve(app, tmp_path)
    assert len(app.routes) == before
