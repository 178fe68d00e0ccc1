"""Each path of the API refuses strangers, and people whose role is too low."""

import re

import httpx2
import pytest

from bridge24 import api
from bridge24.core.auth import Role, role_of

PASSWORD = "correct horse"
FOR_EVERYBODY = {
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/metrics"),  # asks for a token of its own, see test_signing_in
    ("POST", "/api/v1/auth/login"),
    ("POST", "/api/v1/auth/refresh"),
    ("POST", "/api/v1/webhooks/bitrix"),
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _described() -> list[tuple[str, str, Role | None]]:
    import json

    paths = json.loads(api.openapi())["paths"]
    return [
        (method.upper(), path, role_of(method, about))
        for path, methods in paths.items()
        for method, about in methods.items()
    ]


PATHS = [(method, path) for method, path, _ in _described()]
ROLES = {(method, path): role for method, path, role in _described()}


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "1", path)


def test_only_these_paths_are_open_to_all() -> None:
    assert {key for key, role in ROLES.items() if role is None} == FOR_EVERYBODY


def test_what_configures_or_concerns_people_needs_an_administrator() -> None:
    for key in (
        ("PUT", "/api/v1/sync/config"),
        ("GET", "/api/v1/auth/operators"),
        ("POST", "/api/v1/auth/operators"),
        ("PATCH", "/api/v1/auth/operators/{operator_id}"),
    ):
        assert ROLES[key] is Role.ADMIN


async def test_no_path_is_missing_from_the_description(http: httpx2.AsyncClient) -> None:
    """What is not described would not be walked below."""
    from fastapi import FastAPI
    from fastapi.routing import APIRoute, iter_route_contexts

    app = api.build(FastAPI(openapi_url=None, docs_url=None, redoc_url=None))
    served = {
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.methods or ()
    }
    assert served == set(PATHS)


async def test_strangers_are_refused_everywhere(http: httpx2.AsyncClient) -> None:
    for method, path in PATHS:
        if ROLES[method, path] is None:
            continue
        response = await http.request(method, _filled(path))
        body = response.json()
        assert (response.status_code, body["error"]) == (401, "SignInNeeded"), (method, path)
        assert set(body) == {"error", "message", "detail", "trace_id"}


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
async def test_a_role_that_is_too_low_is_refused_everywhere(
    http: httpx2.AsyncClient, people: dict[Role, str], role: Role
) -> None:
    body = {"name": people[role], "password": PASSWORD}
    assert (await http.post("/api/v1/auth/login", json=body)).status_code == 200
    above = [key for key, needed in ROLES.items() if needed and not role.allows(needed)]
    assert above
    for method, path in above:
        response = await http.request(method, _filled(path))
        assert (response.status_code, response.json()["error"]) == (403, "RoleTooLow"), path
