"""The tree of everything that can go wrong between us and a portal.

::

    BitrixError
    ├── TransportError            the portal was not reached, or not understood
    │   ├── Unreachable           no connection could be made; nothing was executed
    │   ├── ConnectionLost        broken after sending; may have been executed
    │   ├── TimedOut              no answer in time; may have been executed
    │   ├── TlsFailed             the certificate or the handshake is wrong
    │   ├── UnexpectedAnswer      not JSON, cut off, or not an envelope
    │   └── ForbiddenRedirect     sent to a host that was not approved
    ├── PortalBusy                try again later
    │   ├── QueryLimitExceeded    too many requests (503)
    │   ├── OperationTimeLimit    this method has used its seconds (429)
    │   ├── Overload              the vendor has blocked the portal (503)
    │   ├── PortalFailed          an internal error of the portal (500)
    │   └── CircuitOpen           we ourselves stay away from a failing portal
    ├── AuthError                 who we are, or what we may do, was refused
    │   ├── InvalidCredentials    wrong or withdrawn webhook or token
    │   ├── ExpiredToken          refreshed by the client, seen only if that fails
    │   ├── RefreshRefused        the OAuth server gives no new token
    │   ├── InsufficientScope     a scope is missing
    │   ├── WrongAuthType         needs an application, or a webhook
    │   ├── UserRefused           the user behind the token is blocked or outside
    │   ├── NotInstalled          the application is gone
    │   ├── ConfirmationNeeded    an administrator must approve, or has refused
    │   ├── PaymentRequired       the plan or subscription does not allow REST
    │   └── PortalDeleted         the portal no longer exists
    └── MethodError               the method itself says no
        ├── NotFound              no such element, or not visible to us
        ├── AccessDenied          the user's rights are too small
        ├── InvalidArgument       a wrong or missing parameter
        ├── MethodNotFound        no such method
        └── BatchRefused          not allowed in a batch, or too many commands

Codes and statuses: https://apidocs.bitrix24.com/error-codes.html
"""

from typing import TypedDict, Unpack

from bridge24.bitrix.masking import mask


class Facts(TypedDict, total=False):
    """What an error knows besides its sentence."""

    code: str
    method: str
    status: int | None
    retry_after: float | None


class BitrixError(Exception):
    """Something went wrong between us and a portal; every text in it is masked.

    Attributes:
        code: Bitrix24's own word, possibly empty or a number in text form.
        description: The portal's sentence, in the portal's language.
        method: The method called, empty when no call was involved.
        status: HTTP status, None when there was no answer.
        retryable: The same call may succeed later, unchanged.
        may_have_run: The portal may have executed the call, so that repeating
            a write could do it twice.
        retry_after: Seconds to wait at least, None when unknown.
    """

    retryable = False
    may_have_run = False

    def __init__(
        self,
        description: str = "",
        *,
        code: str = "",
        method: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.code = mask(code)
        self.description = mask(description)
        self.method = mask(method)
        self.status = status
        self.retry_after = retry_after
        super().__init__(self.description)

    def hide(self, *secrets: str) -> "BitrixError":
        """Also hide these literal values, which a portal might have echoed."""
        self.code = mask(self.code, *secrets)
        self.description = mask(self.description, *secrets)
        self.args = (self.description,)
        return self

    def __str__(self) -> str:
        words = " ".join(filter(None, (self.code, self.description))) or type(self).__name__
        place = f"{self.method}: " if self.method else ""
        status = f" (HTTP {self.status})" if self.status is not None else ""
        return f"{place}{words}{status}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class TransportError(BitrixError):
    """The portal was not reached, or its answer could not be understood."""

    retryable = True


class Unreachable(TransportError):
    """No connection could be made; the call was not executed."""


class ConnectionLost(TransportError):
    """The connection broke after sending; the call may have been executed."""

    may_have_run = True


class TimedOut(TransportError):
    """No answer in time; the call may have been executed."""

    may_have_run = True


class TlsFailed(TransportError):
    """The certificate or the handshake is wrong; nothing was sent."""

    retryable = False


class UnexpectedAnswer(TransportError):
    """The answer is not JSON, is cut off, or is not an answer of the REST API."""

    may_have_run = True

    def __init__(self, description: str = "", **facts: Unpack["Facts"]) -> None:
        super().__init__(description, **facts)
        # A page with 3xx or 4xx comes from another program: it will not change.
        self.retryable = self.status is None or not 300 <= self.status < 500


class ForbiddenRedirect(TransportError):
    """The portal sent us to a host that was not approved; nothing was sent there."""

    retryable = False


class PortalBusy(BitrixError):
    """The portal is there but will not answer now."""

    retryable = True


class QueryLimitExceeded(PortalBusy):
    """Too many requests from this address: the leaky bucket of the portal is full."""


class OperationTimeLimit(PortalBusy):
    """The method has used its seconds of the last ten minutes."""


class Overload(PortalBusy):
    """The vendor has blocked the REST API of this portal because of overload."""


class PortalFailed(PortalBusy):
    """The portal had an internal error; the call may have been executed."""

    may_have_run = True


class CircuitOpen(PortalBusy):
    """The portal has failed repeatedly; we do not ask before ``retry_after`` seconds."""


class AuthError(BitrixError):
    """Who we are, or what we may do, was refused."""


class InvalidCredentials(AuthError):
    """The webhook or token is wrong or has been withdrawn."""


class ExpiredToken(AuthError):
    """The access token has expired."""


class RefreshRefused(AuthError):
    """The OAuth server gives no new token: the application must be installed again."""


class InsufficientScope(AuthError):
    """The webhook or application lacks a scope this method needs."""


class WrongAuthType(AuthError):
    """The method is refused to this kind of authorisation, e.g. an app-only method."""


class UserRefused(AuthError):
    """The user behind the token is dismissed, blocked or not an intranet user."""


class NotInstalled(AuthError):
    """The application is not installed on the portal."""


class ConfirmationNeeded(AuthError):
    """An administrator of the portal must approve the call, or has refused to."""


class PaymentRequired(AuthError):
    """The portal's plan or subscription does not allow the call."""


class PortalDeleted(AuthError):
    """The portal no longer exists."""


class MethodError(BitrixError):
    """The method itself says no."""


class NotFound(MethodError):
    """There is no such element, or it is not visible to us."""


class AccessDenied(MethodError):
    """The rights of the acting user are too small."""


class InvalidArgument(MethodError):
    """A parameter is wrong or missing."""


class MethodNotFound(MethodError):
    """There is no such method on this portal."""


class BatchRefused(MethodError):
    """The command is not allowed in a batch, or was the 51st."""
