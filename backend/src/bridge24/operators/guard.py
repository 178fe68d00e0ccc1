"""The one dependency in front of every path: who asks, and whether they may."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security.utils import get_authorization_scheme_param

from bridge24.core.auth import Caller, Role, role_of, tokens
from bridge24.core.auth.gate import is_loopback, same_origin
from bridge24.core.auth.roles import ANYBODY, READING
from bridge24.core.db import transaction
from bridge24.core.settings import get_settings
from bridge24.operators import queries, service
from bridge24.operators.errors import ForeignPage, NotThisMachine, RoleTooLow, SignInNeeded

ACCESS_COOKIE = "bridge24_access"
REFRESH_COOKIE = "bridge24_refresh"


async def guard(request: Request) -> None:
    """Let a request through, or not; whoever asks is kept in ``request.state.caller``.

    Raises:
        SignInNeeded: Nobody is signed in.
        RoleTooLow: The caller may not do this.
        ForeignPage: A browser sends it from another site's page.
        NotThisMachine: Nobody has to sign in, and it is not asked for by a local name.
    """
    route = request.scope["route"]
    needed = role_of(request.method, getattr(route, "openapi_extra", None))
    if needed is None:
        return
    headers = request.headers
    if request.method not in READING and not same_origin(
        headers.get("origin"), headers.get("host"), fetched=headers.get("sec-fetch-site")
    ):
        raise ForeignPage
    caller = await caller_of(request)
    if not caller.role.allows(needed):
        raise RoleTooLow(needed=needed, role=caller.role)
    request.state.caller = caller


async def caller_of(request: Request) -> Caller:
    """Find out who asks.

    Raises:
        SignInNeeded: Nobody is signed in, or no more.
        NotThisMachine: See ``guard``.
    """
    if not get_settings().auth_enabled:
        # A page elsewhere may give its own name this machine's address and then ask us.
        local_only: bool = getattr(request.app.state, "local_only", False)
        if local_only and not is_loopback(request.url.hostname or ""):
            raise NotThisMachine
        return ANYBODY
    claim = tokens.read(_token(request), secret=service.secret())
    if claim is None:
        raise SignInNeeded
    async with transaction() as session:
        operator = await queries.signed_in(
            session, session_id=claim.session_id, operator_id=claim.operator_id
        )
    if operator is None:
        raise SignInNeeded
    return Caller(operator.name, Role(operator.role), operator.id, claim.session_id)


def _token(request: Request) -> str:
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() == "bearer":
        return token
    return request.cookies.get(ACCESS_COOKIE, "")


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


CurrentCaller = Annotated[Caller, Depends(_caller)]
"""Whoever asks: a parameter of paths that need to know."""
