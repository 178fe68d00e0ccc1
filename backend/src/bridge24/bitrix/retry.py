"""Pure: whether a failed call is made again, and after how long."""

import random

from bridge24.bitrix.errors import BitrixError, CircuitOpen, OperationTimeLimit, TimedOut

ATTEMPTS = 6
"""1 + 2 + 4 + 8 + 16 s: enough for a restart of the portal's web server."""
SLOW_ATTEMPTS = 3
"""A call that runs into the 60 s cap will mostly do so again."""
_BASE_SECONDS = 1.0
_LONGEST_SECONDS = 30.0


def pause(
    error: BitrixError, *, attempt: int, is_read: bool, attempts: int = ATTEMPTS
) -> float | None:
    """Seconds to wait before attempt number ``attempt + 1``; None to give up.

    A write is repeated only when the portal surely has not executed it.
    """
    if not error.retryable or isinstance(error, CircuitOpen):
        return None
    if error.may_have_run and not is_read:
        return None
    if attempt >= (min(SLOW_ATTEMPTS, attempts) if isinstance(error, TimedOut) else attempts):
        return None
    if isinstance(error, OperationTimeLimit):
        return 0.0  # the operating budget parks the method as long as needed
    return _back_off(attempt)


def _back_off(attempt: int) -> float:
    # At least the whole step, so that "1 s and more" after a 503 holds; the
    # random half on top keeps callers from coming back in one crowd.
    step = min(_LONGEST_SECONDS, _BASE_SECONDS * 2.0 ** (attempt - 1))
    return step * (1 + random.random() / 2)
