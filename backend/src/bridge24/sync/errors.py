"""What can go wrong while a CRM is copied, in the user's words."""

from bridge24.bitrix import errors as bitrix
from bridge24.core.errors import AppError, BadConfiguration, BadRequest, Conflict, NotFound


class UnknownEntity(NotFound):
    """There is no CRM object "{entity}": choose one of {known}."""


class AlreadyRunning(Conflict):
    """ "{entity}" is being copied by another process already: wait for it to finish."""


class RunInProgress(Conflict):
    """ "{entity}" is being copied already, in run {run_id}: wait for it, or cancel it."""


class RunCancelled(Conflict):
    """The run over "{entity}" was cancelled: what is stored stays, the next run goes on."""


class RunOver(Conflict):
    """Run {run_id} is over already, there is nothing to cancel: it {status}."""


class WrongConfig(BadRequest):
    """{field}: {problem}."""

    status = 422


class NoReplay(Conflict):
    """This row has no id by which the portal could be asked for it again: it leaves the
    quarantine when a full run can store it."""


class NoSuchRun(NotFound):
    """There is no run {run_id}."""


class NotInQuarantine(NotFound):
    """Row {row} is not in quarantine: it may have been stored meanwhile."""


class NeverCopied(Conflict):
    """ "{entity}" has not been copied in full yet: make a full copy first."""


class WebhookMissing(BadConfiguration):
    """BITRIX_WEBHOOK_URL is not set: put the inbound webhook of your portal there
    (Bitrix24: Developer resources, Other, Inbound webhook)."""


class WebhookMalformed(BadConfiguration):
    """BITRIX_WEBHOOK_URL is wrong, {reason}: copy the whole address from the portal
    (Bitrix24: Developer resources, Other, Inbound webhook)."""


class TooManyMissing(Conflict):
    """{missing} of {stored} stored rows of "{entity}" are not in the portal any more. So many
    at once usually mean that rights were withdrawn, so nothing was marked deleted: check the
    rights of the webhook's owner, then run again, and accept the deletions if they are
    really gone."""


class PortalError(AppError):
    """The portal refused {method}: {reason}."""

    status = 502
    exit_code = 3


class PortalUnreachable(PortalError):
    """The portal {host} cannot be reached ({reason}): check the address in BITRIX_WEBHOOK_URL
    and the network."""


class PortalCertificateWrong(PortalError):
    """The certificate of {host} is not trusted ({reason}): check the address in
    BITRIX_WEBHOOK_URL, or a proxy in between."""


class PortalMoved(PortalError):
    """The portal {host} sends us to a host we do not trust ({reason}): correct
    BITRIX_WEBHOOK_URL if the portal was renamed."""


class WebhookRefused(PortalError):
    """The portal {host} does not accept the webhook: it was deleted, its owner was dismissed,
    or the address is wrong. Make a new inbound webhook and put it into BITRIX_WEBHOOK_URL."""


class ScopeMissing(PortalError):
    """The webhook lacks the permission "{scope}" for {method}: tick it in the webhook's
    settings in Bitrix24 and start again."""


class RightsMissing(PortalError):
    """The webhook's owner may not use {method}: make the webhook as an administrator of the
    portal."""


class SubscriptionEnded(PortalError):
    """The portal's plan does not allow REST ({reason}): renew the subscription in Bitrix24."""


class PortalGone(PortalError):
    """The portal {host} no longer exists."""


class PortalOverloaded(PortalError):
    """The portal keeps answering that it is overloaded ({reason}): start again later, the
    work continues where it was."""


class PortalFailing(PortalError):
    """The portal keeps failing ({reason}): start again later, the work continues where it
    was."""


# From the particular to the general: the first match decides.
_MEANINGS: tuple[tuple[type[bitrix.BitrixError], type[PortalError]], ...] = (
    (bitrix.TlsFailed, PortalCertificateWrong),
    (bitrix.ForbiddenRedirect, PortalMoved),
    (bitrix.Unreachable, PortalUnreachable),
    (bitrix.TransportError, PortalFailing),
    (bitrix.PortalFailed, PortalFailing),
    (bitrix.PortalBusy, PortalOverloaded),
    (bitrix.InsufficientScope, ScopeMissing),
    (bitrix.PaymentRequired, SubscriptionEnded),
    (bitrix.PortalDeleted, PortalGone),
    (bitrix.WrongAuthType, RightsMissing),
    (bitrix.ConfirmationNeeded, RightsMissing),
    (bitrix.AuthError, WebhookRefused),
    (bitrix.AccessDenied, RightsMissing),
)


def explain_portal_error(
    error: bitrix.BitrixError, *, host: str, scope: str = "crm"
) -> PortalError:
    """Turn a client's error into one sentence with its remedy."""
    kind = next((ours for theirs, ours in _MEANINGS if isinstance(error, theirs)), PortalError)
    reason = (error.description or error.code or type(error).__name__).rstrip(".")
    return kind(host=host, method=error.method or "the call", reason=reason, scope=scope)
