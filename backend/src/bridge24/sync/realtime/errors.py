"""What can go wrong with events, in the user's words."""

from bridge24.core.errors import AppError, BadConfiguration, BadRequest, Conflict


class NoTokenConfigured(BadConfiguration):
    """Events are not accepted yet: set BITRIX_APPLICATION_TOKEN to the token that the portal
    shows in its outgoing webhook, or install the application of BITRIX_CLIENT_ID."""

    status = 503


class TokenMissing(AppError):
    """The call carries no application token: only the portal may call this address."""

    status = 401


class TokenUnknown(AppError):
    """The application token is not ours: compare BITRIX_APPLICATION_TOKEN with the one the
    portal shows in its outgoing webhook."""

    status = 403


class MalformedEvent(BadRequest):
    """This is not an event of Bitrix24: {reason}."""


class EventTooLarge(BadRequest):
    """The body is larger than any event of Bitrix24 ({limit} bytes)."""

    status = 413


class WrongContentType(BadRequest):
    """Events come as application/x-www-form-urlencoded."""

    status = 415


class InstallationUnproven(AppError):
    """The OAuth server does not confirm that our application is installed there: {reason}."""

    status = 403


class PublicAddressMissing(BadConfiguration):
    """PUBLIC_URL is not set: put the https address there under which the portal reaches this
    server, e.g. https://crm.example.com."""

    status = 409


class ApplicationMissing(Conflict):
    """The application is not connected: set BITRIX_CLIENT_ID and BITRIX_CLIENT_SECRET and
    install it in the portal, or set BITRIX_REFRESH_TOKEN too."""


class StillThere(Conflict):
    """ "{entity}" {record_id} still exists in the portal, so it was not deleted here; its
    present state has been stored."""


class NotVisible(Conflict):
    """The portal does not show "{entity}" {record_id} to the webhook's owner: nothing was
    changed. Check the owner's rights."""


class NotReadByItself(Conflict):
    """The rows of "{entity}" are only read together: run its sync instead."""
