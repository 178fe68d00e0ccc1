"""What a server's refusal means, in the user's words."""

import json

import openai

from bridge24.core.llm.errors import (
    ModelBusy,
    ModelError,
    ModelKeyRefused,
    ModelTooLong,
    ModelTooSlow,
    ModelUnknown,
    ModelUnreachable,
)

LONGEST_REASON = 300
_FORMAT_WORDS = ("response_format", "json_schema", "json_object", "guided", "strict")
_LENGTH_WORDS = ("context_length", "context length", "maximum context", "too long", "too many tok")


def explained(error: openai.APIError, *, host: str, model: str, seconds: float) -> ModelError:
    """Turn the SDK's error into one sentence with its remedy."""
    if isinstance(error, openai.APIConnectionError):
        cause = type(error.__cause__ or error).__name__
        # The transport calls a refused connection a timeout of connecting.
        if isinstance(error, openai.APITimeoutError) and cause != "ConnectTimeout":
            return ModelTooSlow(seconds=round(seconds))
        return ModelUnreachable(host=host, reason="no connection")
    return _meant(error, model=model)


def _meant(error: openai.APIError, *, model: str) -> ModelError:
    reason = reason_of(error)
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return ModelKeyRefused()
    if isinstance(error, openai.NotFoundError):
        return ModelUnknown(model=model, reason=reason)
    if any(word in reason.lower() for word in _LENGTH_WORDS):
        return ModelTooLong(reason=reason)
    if isinstance(error, openai.RateLimitError | openai.InternalServerError):
        return ModelBusy(reason=reason)
    return ModelError(reason=reason)


def misunderstands_format(error: openai.APIError) -> bool:
    """Say whether the server does not know the response format that was asked for."""
    if not isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError):
        return False
    told = f"{error.message} {json.dumps(error.body, default=str)}".lower()
    return any(word in told for word in _FORMAT_WORDS)


def reason_of(error: openai.APIError) -> str:
    """Say in short what the server said; its answer may be long, or a web page."""
    body = error.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])[:LONGEST_REASON].rstrip(". ")
    return error.message[:LONGEST_REASON].rstrip(". ")
