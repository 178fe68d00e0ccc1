"""The OAuth server over HTTP: consent on the portal, tokens, and proof of identity."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from aiohttp import web

from bridge24.emulator.calls import Json, RestError
from bridge24.emulator.feed import feed_of
from bridge24.emulator.gate import Gate
from bridge24.emulator.oauth import OAuthError, OAuthServer
from bridge24.emulator.params import decode_body

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(gates: Mapping[str, Gate], oauth: OAuthServer) -> list[web.RouteDef]:
    """The routes, to stand before those of the portals.

    `/oauth/token/` and `/oauth/rest/app.info` belong to the OAuth server, whatever
    the host; `/{portal}/oauth/authorize/` to a portal, which may also be told by host.
    """
    doors = OAuthDoors(gates, oauth)
    return [
        *_with_slash("*", "/oauth/token", doors.token),
        *_with_slash("*", "/{portal}/oauth/token", doors.token),
        *_with_slash("*", "/oauth/rest/app.info", doors.app_info),
        *_with_slash("GET", "/oauth/authorize", doors.authorize),
        *_with_slash("GET", "/{portal}/oauth/authorize", doors.authorize),
    ]


def _with_slash(method: str, path: str, handler: Handle) -> list[web.RouteDef]:
    return [web.route(method, path + end, handler) for end in ("", "/")]


class OAuthDoors:
    """What browsers and applications reach of the OAuth server."""

    def __init__(self, gates: Mapping[str, Gate], oauth: OAuthServer) -> None:
        self._gates = gates
        self._oauth = oauth

    async def token(self, request: web.Request) -> web.Response:
        """Both grants, by GET or POST; `wrong_client` comes with HTTP 200."""
        try:
            return web.json_response(self._oauth.token(await _params(request)))
        except OAuthError as error:
            return _refusal(error.status, error.code, error.description)

    async def app_info(self, request: web.Request) -> web.Response:
        """Say whose token it is.

        https://apidocs.bitrix24.com/api-reference/common/system/app-info.html
        """
        token = (await _params(request)).get("auth", "")
        if not token:
            return _refusal(401, "NO_AUTH_FOUND", "Wrong authorization data")
        start = self._oauth.clock.now()
        try:
            result = self._oauth.app_info(token)
        except RestError as error:
            return _refusal(error.status, str(error.code), error.description)
        return web.json_response({"result": result, "time": self._time(start)})

    async def authorize(self, request: web.Request) -> web.Response:
        """The user agrees at once; `user_id` may name one, else it is the administrator."""
        gate = self._gate(request)
        client_id = request.query.get("client_id", "")
        application = self._oauth.application(client_id)
        if gate is None or application is None:
            return _page(404, "Application not found")
        user = request.query.get("user_id", "1")
        try:
            code = self._oauth.authorize(
                client_id,
                gate.portal.member_id,
                user_id=int(user) if user.isdecimal() else 1,
            )
        except OAuthError as error:
            return _page(error.status, error.description)
        site = feed_of(gate.portal).site
        query = {
            "code": code,
            "state": request.query.get("state", ""),
            "domain": site.domain,
            "member_id": site.member_id,
            "scope": ",".join(sorted(application.scopes)),
            "server_domain": self._oauth.host,
        }
        glue = "&" if "?" in application.redirect_uri else "?"
        location = f"{application.redirect_uri}{glue}{urlencode(query)}"
        return web.Response(status=302, headers={"Location": location})

    def _gate(self, request: web.Request) -> Gate | None:
        name = request.match_info.get("portal")
        if name is not None:
            return self._gates.get(name)
        host = request.host.partition(":")[0].lower()
        for gate in self._gates.values():
            if gate.portal.host == host:
                return gate
        return next(iter(self._gates.values())) if len(self._gates) == 1 else None

    def _time(self, start: float) -> dict[str, Json]:
        finish = self._oauth.clock.now()
        return {
            "start": start,
            "finish": finish,
            "duration": finish - start,
            "processing": 0,
            "date_start": _iso(start),
            "date_finish": _iso(finish),
        }


async def _params(request: web.Request) -> dict[str, str]:
    params: dict[str, Json] = dict(request.query)
    if request.can_read_body:
        params |= decode_body(request.headers.get("Content-Type", ""), await request.read())
    return {key: value for key, value in params.items() if isinstance(value, str)}


def _refusal(status: int, code: str, description: str) -> web.Response:
    return web.json_response({"error": code, "error_description": description}, status=status)


def _page(status: int, text: str) -> web.Response:
    """What a person sees in the browser; applications get no error redirect."""
    return web.Response(status=status, text=f"<h1>{text}</h1>", content_type="text/html")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()
