"""The language model that the settings name; one a process."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import BaseModel

from bridge24.core.llm.accounting import Prices
from bridge24.core.llm.errors import ModelNotConfigured
from bridge24.core.llm.ladder import Message
from bridge24.core.settings import Settings, get_settings

A = TypeVar("A", bound=BaseModel)
# Servers of one's own often want no key, but the SDK does.
NO_KEY = "none"


class LanguageModel(Protocol):
    """What the application needs of a language model; see ``provider.OpenAIModel``."""

    async def complete(
        self, messages: Sequence[Message], *, answer: type[A], purpose: str, tokens: int = 4000
    ) -> A:
        """Ask for a structured answer."""
        ...

    def stream(
        self, messages: Sequence[Message], *, purpose: str, tokens: int = 4000
    ) -> AsyncIterator[str]:
        """Ask for a text and hand it out while it is written."""
        ...

    async def embed(self, texts: Sequence[str], *, purpose: str) -> list[list[float]]:
        """Turn texts into vectors."""
        ...

    async def close(self) -> None:
        """Close the connections to the server."""
        ...


@dataclass(slots=True)
class _Connected:
    model: LanguageModel | None = None


_connected = _Connected()


def is_configured(settings: Settings) -> bool:
    """Say whether a language model can be asked at all."""
    return settings.openai_api_key is not None or settings.openai_base_url is not None


def language_model() -> LanguageModel:
    """Return the model the settings name.

    Raises:
        ModelNotConfigured: They name none.
    """
    settings = get_settings()
    if not is_configured(settings):
        raise ModelNotConfigured
    if _connected.model is None:
        _connected.model = _of(settings)
    return _connected.model


async def close_model() -> None:
    """Close the connections, when there are any."""
    model, _connected.model = _connected.model, None
    if model is not None:
        await model.close()


def _of(settings: Settings) -> LanguageModel:
    # Imported here: the SDK takes a second and 50 MB, which a copy has no use for.
    from bridge24.core.llm.provider import OpenAIModel  # noqa: PLC0415

    key = settings.openai_api_key
    return OpenAIModel(
        key=key.get_secret_value() if key else NO_KEY,
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        embedding_model=settings.openai_embedding_model,
        seconds=settings.openai_timeout_seconds,
        side_by_side=settings.openai_concurrency,
        prices=Prices(settings.openai_prompt_price, settings.openai_answer_price),
        tell_words=settings.debug,
    )
