"""The OAuth server: applications, installations, codes and tokens, as pure bookkeeping."""

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bridge24.emulator.calls import Identity, Json, RestError
from bridge24.emulator.clock import Clock

CODE_SECONDS = 30.0
ACCESS_SECONDS = 3_600.0
REFRESH_SECONDS = 180 * 86_400.0


@dataclass
class Site:
    """Where a portal lives; a rename changes it.

    Attributes:
        member_id: Stable id of the portal, 32 hexadecimal digits.
        domain: Host of the portal as it names itself.
        client_endpoint: Base URL of its REST methods for applications.
    """

    member_id: str
    domain: str
    client_endpoint: str


@dataclass(frozen=True)
class Application:
    """A local or Marketplace application."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: frozenset[str]


@dataclass
class Install:
    """An application on a portal.

    Attributes:
        status: `L` local, `F` free, `D` demo, `T` trial, `P` paid.
        paid: False makes every token request end with PAYMENT_REQUIRED.
    """

    application: Application
    site: Site
    application_token: str = field(repr=False)
    status: str = "L"
    paid: bool = True


@dataclass
class _Grant:
    """What a code or a token allows, until when."""

    install: Install
    user_id: int
    expires_at: float


class OAuthError(Exception):
    """The OAuth server refuses; note that `wrong_client` comes with HTTP 200."""

    def __init__(self, status: int, code: str, description: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.description = description


class OAuthServer:
    """Issues and checks tokens for all portals of an emulator.

    https://apidocs.bitrix24.com/settings/oauth/index.html. Refresh tokens rotate and
    the old one dies at once; an old access token lives on until its hour is over.

    Args:
        endpoint: Its base URL as told to applications (`server_endpoint`).
        host: Its host name (`domain` of a token answer).
        access_seconds: Life of an access token.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        endpoint: str = "https://oauth.bitrix.info/rest/",
        host: str = "oauth.bitrix.info",
        access_seconds: float = ACCESS_SECONDS,
    ) -> None:
        self.clock = clock
        self.endpoint = endpoint
        self.host = host
        self.access_seconds = access_seconds
        self._random = random.Random(f"oauth:{seed}")
        self._applications: dict[str, Application] = {}
        self._installs: dict[tuple[str, str], Install] = {}
        self._codes: dict[str, _Grant] = {}
        self._access: dict[str, _Grant] = {}
        self._refresh: dict[str, _Grant] = {}
        self._event_tokens: dict[tuple[str, str, int], dict[str, Json]] = {}

    def register(self, application: Application) -> None:
        """Make an application known, as its card in the developer's cabinet does."""
        self._applications[application.client_id] = application

    def application(self, client_id: str) -> Application | None:
        """Find an application by its client id."""
        return self._applications.get(client_id)

    def install(self, client_id: str, site: Site) -> Install:
        """Install a registered application; again gives a new `application_token`."""
        application = self._applications[client_id]
        install = Install(application, site, self._hex(32))
        self._installs[client_id, site.member_id] = install
        return install

    def uninstall(self, client_id: str, member_id: str) -> bool:
        """Remove an application with all its tokens; false when it was not there."""
        install = self._installs.pop((client_id, member_id), None)
        for tokens in (self._codes, self._access, self._refresh):
            for token in [key for key, grant in tokens.items() if grant.install is install]:
                del tokens[token]
        return install is not None

    def installed(self, client_id: str, member_id: str) -> Install | None:
        """Find an installation."""
        return self._installs.get((client_id, member_id))

    def authorize(self, client_id: str, member_id: str, *, user_id: int) -> str:
        """A user agrees: a code for one use within 30 seconds.

        Raises:
            OAuthError: The application is not installed on this portal.
        """
        install = self._installs.get((client_id, member_id))
        if install is None:
            raise OAuthError(401, "NOT_INSTALLED", "Application not installed")
        code = "".join(self._random.choices(string.ascii_lowercase + string.digits, k=32))
        self._codes[code] = _Grant(install, user_id, self.clock.now() + CODE_SECONDS)
        return code

    def token(self, params: Mapping[str, str]) -> dict[str, Json]:
        """Answer the token endpoint: both grants, code and refresh.

        Raises:
            OAuthError: With the status and code the documentation gives.
        """
        application = self._client(params)
        grant_type = _required(params, "grant_type")
        if grant_type == "authorization_code":
            grant = self._redeem(self._codes, _required(params, "code"))
        elif grant_type == "refresh_token":
            grant = self._redeem(self._refresh, _required(params, "refresh_token"))
        else:
            raise OAuthError(400, "invalid_request", f'Unknown grant type "{grant_type}"')
        if grant.install.application != application:
            raise OAuthError(400, "invalid_grant")
        if not grant.install.paid:
            raise OAuthError(401, "PAYMENT_REQUIRED", "Subscription has been ended")
        return self.issue(grant.install, user_id=grant.user_id)

    def issue(self, install: Install, *, user_id: int) -> dict[str, Json]:
        """Mint a pair of tokens and describe it as a token answer."""
        access, expires = self._mint(
            self._access, install, user_id=user_id, seconds=self.access_seconds
        )
        refresh, _ = self._mint(self._refresh, install, user_id=user_id, seconds=REFRESH_SECONDS)
        return {
            "access_token": access,
            "client_endpoint": install.site.client_endpoint,
            "domain": self.host,
            "expires": int(expires),
            "expires_in": int(self.access_seconds),
            "member_id": install.site.member_id,
            "refresh_token": refresh,
            "scope": ",".join(sorted(install.application.scopes)),
            "server_endpoint": self.endpoint,
            "status": install.status,
            "user_id": user_id,
        }

    def identify(self, token: str, member_id: str) -> Identity:
        """Say who calls a portal with this access token.

        Raises:
            RestError: 401 `expired_token`, or `invalid_token` for a foreign one.
        """
        grant = self._access.get(token)
        if grant is None or grant.install.site.member_id != member_id:
            raise RestError(401, "invalid_token", "Unable to get application by token")
        if grant.expires_at <= self.clock.now():
            raise RestError(401, "expired_token", "The access token provided has expired.")
        application = grant.install.application
        return Identity(
            user_id=grant.user_id,
            scopes=application.scopes,
            key=f"app:{application.client_id}",
            application=application.client_id,
        )

    def app_info(self, token: str) -> dict[str, Json]:
        """Answer `app.info` of the OAuth server, the proof of a token's identity.

        Raises:
            RestError: The token is unknown or has expired.
        """
        grant = self._access.get(token)
        if grant is None:
            raise RestError(400, "invalid_client", "Unable to get application by token")
        install, site = grant.install, grant.install.site
        self.identify(token, site.member_id)
        scope = ",".join(sorted(install.application.scopes))
        return {
            "client_id": install.application.client_id,
            "scope": scope,
            "expires": datetime.fromtimestamp(int(grant.expires_at), UTC).isoformat(),
            "install": {
                "installed": True,
                "version": "1",
                "status": install.status,
                "scope": scope,
                "domain": site.domain,
                "uri": site.client_endpoint.removesuffix("/rest/"),
                "client_endpoint": site.client_endpoint,
                "member_id": site.member_id,
                "member_type": "user",
            },
            "user_id": grant.user_id,
        }

    def for_event(self, install: Install, user_id: int) -> dict[str, Json]:
        """Tokens that go out with an event; the same pair serves half an hour of events."""
        key = (install.application.client_id, install.site.member_id, user_id)
        known = self._event_tokens.get(key)
        if known is not None and known["expires"] - self.clock.now() > self.access_seconds / 2:
            return known
        self._event_tokens[key] = self.issue(install, user_id=user_id)
        return self._event_tokens[key]

    def expire_access(self, member_id: str | None = None) -> int:
        """Let access tokens expire now, of one portal or all; say how many."""
        now = self.clock.now()
        count = 0
        for grant in self._access.values():
            if member_id in (None, grant.install.site.member_id) and grant.expires_at > now:
                grant.expires_at = now
                count += 1
        return count

    def revoke_refresh(self, member_id: str) -> int:
        """Make refresh tokens of a portal worthless (`invalid_grant`); say how many."""
        gone = [k for k, g in self._refresh.items() if g.install.site.member_id == member_id]
        for token in gone:
            del self._refresh[token]
        return len(gone)

    def _client(self, params: Mapping[str, str]) -> Application:
        application = self._applications.get(_required(params, "client_id"))
        if application is None:
            raise OAuthError(200, "wrong_client")
        if _required(params, "client_secret") != application.client_secret:
            raise OAuthError(400, "invalid_client")
        return application

    def _redeem(self, grants: dict[str, _Grant], token: str) -> _Grant:
        grant = grants.pop(token, None)
        if grant is None or grant.expires_at <= self.clock.now():
            raise OAuthError(400, "invalid_grant")
        return grant

    def _mint(
        self, grants: dict[str, _Grant], install: Install, *, user_id: int, seconds: float
    ) -> tuple[str, float]:
        """Make a token of the shape seen in the documentation: 70 hexadecimal digits."""
        expires = self.clock.now() + seconds
        head = int(expires).to_bytes(4, "little").hex()
        token = f"{head}{self._hex(16)}{user_id:08x}f0f107{self._hex(32)}"
        grants[token] = _Grant(install, user_id, expires)
        return token, expires

    def _hex(self, digits: int) -> str:
        return "".join(self._random.choices("0123456789abcdef", k=digits))


def _required(params: Mapping[str, str], name: str) -> str:
    value = params.get(name, "")
    if not value:
        raise OAuthError(400, "invalid_request", f'No "{name}" parameter found')
    return value
