"""What can go wrong with a language model, in the user's words."""

from bridge24.core.errors import AppError, Conflict


class ModelError(AppError):
    """The language model did not answer: {reason}."""

    status = 502
    exit_code = 3


class ModelNotConfigured(Conflict):
    """No language model is connected: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your
    own. Everything but the generation itself works without one."""


class ModelKeyRefused(ModelError):
    """The language model's server refused the key: correct OPENAI_API_KEY."""


class ModelUnknown(ModelError):
    """The server knows no model "{model}": correct OPENAI_MODEL ({reason})."""


class ModelUnreachable(ModelError):
    """The language model's server cannot be reached at {host}: check OPENAI_BASE_URL and the
    network ({reason})."""


class ModelTooSlow(ModelError):
    """The language model did not answer within {seconds} seconds: try again, or raise
    OPENAI_TIMEOUT_SECONDS."""

    status = 504


class ModelBusy(ModelError):
    """The language model's server takes no more requests now ({reason}): wait a little, or check
    the account's limits and balance."""

    status = 503


class ModelTooLong(ModelError):
    """The question with its context is too long for the model ({reason}): ask about fewer
    tables."""

    status = 422


class ModelRefused(ModelError):
    """The language model declined to answer: {reason}."""

    status = 422


class ModelAnswerUnusable(ModelError):
    """The language model answered in a form that cannot be used, {attempts} times: ask again in
    other words, or choose a more capable model ({reason})."""
