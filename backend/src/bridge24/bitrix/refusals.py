"""Pure: the code, text and status of a refusal → the error class it means."""

from collections.abc import Callable, Mapping

from bridge24.bitrix import errors as e

_BY_CODE: Mapping[str, type[e.BitrixError]] = {
    "QUERY_LIMIT_EXCEEDED": e.QueryLimitExceeded,
    "OPERATION_TIME_LIMIT": e.OperationTimeLimit,
    "OVERLOAD_LIMIT": e.Overload,
    "INTERNAL_SERVER_ERROR": e.PortalFailed,
    "ERROR_UNEXPECTED_ANSWER": e.PortalFailed,
    "NO_AUTH_FOUND": e.InvalidCredentials,
    "INVALID_CREDENTIALS": e.InvalidCredentials,
    "INVALID_TOKEN": e.InvalidCredentials,
    "EXPIRED_TOKEN": e.ExpiredToken,
    "INVALID_GRANT": e.RefreshRefused,
    "INVALID_CLIENT": e.RefreshRefused,
    "WRONG_CLIENT": e.RefreshRefused,
    "INSUFFICIENT_SCOPE": e.InsufficientScope,
    "INVALID_SCOPE": e.InsufficientScope,
    "WRONG_AUTH_TYPE": e.WrongAuthType,
    "AUTHORIZATION_ERROR": e.UserRefused,
    "USER_ACCESS_ERROR": e.UserRefused,
    "ALLOWED_ONLY_INTRANET_USER": e.UserRefused,
    "ERROR_OAUTH": e.NotInstalled,
    "APPLICATION_NOT_FOUND": e.NotInstalled,
    "NOT_INSTALLED": e.NotInstalled,
    "METHOD_CONFIRM_WAITING": e.ConfirmationNeeded,
    "METHOD_CONFIRM_DENIED": e.ConfirmationNeeded,
    "PAYMENT_REQUIRED": e.PaymentRequired,
    "LICENSEEXCEPTION": e.PaymentRequired,
    "PORTAL_DELETED": e.PortalDeleted,
    "NOT_FOUND": e.NotFound,
    "OWNER_NOT_FOUND": e.NotFound,
    "1048582": e.NotFound,
    "ACCESS_DENIED": e.AccessDenied,
    "200040300010": e.AccessDenied,
    "200040300020": e.AccessDenied,
    "CREATE_DYNAMIC_ITEM_RESTRICTED": e.PaymentRequired,
    "100": e.InvalidArgument,
    "INVALID_REQUEST": e.InvalidArgument,
    "INVALID_ARG_VALUE": e.InvalidArgument,
    "ENTITY_TYPE_NOT_SUPPORTED": e.InvalidArgument,
    "CRM_FIELD_ERROR_VALUE_NOT_VALID": e.InvalidArgument,
    "ERROR_ARGUMENT": e.InvalidArgument,
    "WRONG_ARGUMENTS": e.InvalidArgument,
    "ERROR_REQUIRED_PARAMETERS_MISSING": e.InvalidArgument,
    "ERROR_METHOD_NOT_FOUND": e.MethodNotFound,
    "ERROR_BATCH_LENGTH_EXCEEDED": e.BatchRefused,
    "ERROR_BATCH_METHOD_NOT_ALLOWED": e.BatchRefused,
}

_BY_STATUS: Mapping[int, type[e.BitrixError]] = {
    401: e.InvalidCredentials,
    402: e.PaymentRequired,
    403: e.AccessDenied,
    404: e.NotFound,
    410: e.PortalDeleted,
    429: e.OperationTimeLimit,
    503: e.QueryLimitExceeded,
}

# The English sentences of refusals whose code says nothing or two things.
# Other portal languages end in the general class: correct, only less precise.
_BY_TEXT: tuple[tuple[str, type[e.BitrixError]], ...] = (
    ("application context required", e.WrongAuthType),
    ("authorization type is denied", e.WrongAuthType),
    ("commercial plans", e.PaymentRequired),
    ("required more scopes", e.InsufficientScope),
    ("access denied", e.AccessDenied),
    ("not found", e.NotFound),
    ("must be array", e.InvalidArgument),
    ("is not defined or invalid", e.InvalidArgument),
    ("could not find value for parameter", e.InvalidArgument),
)
_VAGUE_CODES = frozenset({"", "0", "ACCESS_DENIED", "ERROR_CORE"})


def refusal(
    code: object, description: object = "", *, method: str = "", status: int | None = None
) -> e.BitrixError:
    """Build the error a refusal means: by its code, then its text, then the status.

    The documentation gives several codes with different statuses on different
    pages (INVALID_CREDENTIALS with 401 and 403), so the code decides.

    >>> refusal("INVALID_CREDENTIALS", status=403)
    <InvalidCredentials INVALID_CREDENTIALS (HTTP 403)>
    >>> refusal("", "Not found", method="crm.deal.get", status=400)
    <NotFound crm.deal.get: Not found (HTTP 400)>
    """
    word, text = _words(code, description)
    kind = _kind(word.upper(), text.lower(), status)
    return kind(text, code=word, method=method, status=status)


def _words(code: object, description: object) -> tuple[str, str]:
    if isinstance(code, Mapping):  # API v3 puts an object under `error`
        return str(code.get("code", "")), str(code.get("message", ""))
    return str(code), "" if description is None else str(description)


def _kind(code: str, text: str, status: int | None) -> Callable[..., e.BitrixError]:
    if code in _VAGUE_CODES:
        for words, kind in _BY_TEXT:
            if words in text:
                return kind
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status is None:
        return e.MethodError
    return _BY_STATUS.get(status, e.PortalFailed if status >= 500 else e.MethodError)
