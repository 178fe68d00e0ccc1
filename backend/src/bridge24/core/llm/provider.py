"""Language models behind any server that speaks OpenAI's Chat Completions."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import openai
import structlog
from openai import AsyncOpenAI, DefaultAioHttpClient
from pydantic import BaseModel, ValidationError

from bridge24.core.llm.accounting import Bill, Prices, billed, words_of
from bridge24.core.llm.answers import json_in
from bridge24.core.llm.errors import ModelAnswerUnusable, ModelRefused
from bridge24.core.llm.ladder import Message, Rung, asked, below, repaired
from bridge24.core.llm.refusals import explained, misunderstands_format

RETRIES = 3
REPAIRS = 2
EMBEDDINGS_PER_CALL = 100

A = TypeVar("A", bound=BaseModel)
log = structlog.get_logger()


class OpenAIModel:
    """A model of OpenAI, or of a compatible server (vLLM, Ollama, YandexGPT …).

    The SDK repeats what a busy or broken server refused, after the time it asks for.

    Args:
        key: The server's key; servers without keys take any.
        base_url: Where the server is; None: OpenAI.
        model: For answers.
        embedding_model: For embeddings.
        seconds: How long one request may take.
        side_by_side: The most requests at a time.
        prices: What tokens cost.
        tell_words: Log what is asked and answered, for debugging; else only sizes.
    """

    def __init__(
        self,
        *,
        key: str,
        base_url: str | None,
        model: str,
        embedding_model: str,
        seconds: float,
        side_by_side: int,
        prices: Prices,
        tell_words: bool = False,
    ) -> None:
        self._sdk = AsyncOpenAI(
            api_key=key,
            base_url=base_url,
            timeout=seconds,
            max_retries=RETRIES,
            http_client=DefaultAioHttpClient(),
        )
        self._model = model
        self._embedding_model = embedding_model
        self._seconds = seconds
        self._places = asyncio.Semaphore(side_by_side)
        self._prices = prices
        self._tell_words = tell_words
        # OpenAI's newer models refuse the old name, other servers often know no other.
        self._limit = "max_tokens" if base_url else "max_completion_tokens"
        self._rung = Rung.JSON_SCHEMA

    async def close(self) -> None:
        """Close the connections to the server."""
        await self._sdk.close()

    async def complete(
        self, messages: Sequence[Message], *, answer: type[A], purpose: str, tokens: int = 4000
    ) -> A:
        """Ask for a structured answer; what comes back always fits ``answer``.

        The server is asked in the strictest way it understands, which is remembered. An answer
        that does not fit is shown to the model with what is wrong, twice at most.

        Args:
            messages: ``role`` and ``content`` each; the last one is the user's.
            answer: What the answer must look like.
            purpose: What it is for, in the accounts.
            tokens: The most tokens the answer may have.

        Raises:
            ModelError: In the user's words.
        """
        talk, complaint = list(messages), ""
        for _ in range(1 + REPAIRS):
            said = await self._ask(talk, answer=answer, purpose=purpose, tokens=tokens)
            try:
                return answer.model_validate_json(json_in(said))
            except ValidationError as error:
                complaint = _complaint(error)
            except ValueError as error:
                complaint = str(error)
            talk = repaired(talk, said, complaint)
        raise ModelAnswerUnusable(attempts=1 + REPAIRS, reason=complaint)

    async def stream(
        self, messages: Sequence[Message], *, purpose: str, tokens: int = 4000
    ) -> AsyncIterator[str]:
        """Ask for a text and hand it out while it is written.

        Closing the iterator early ends the request.
        """
        bill = Bill(purpose, self._model, words_of(messages))
        async with self._places, billed(bill, self._prices):
            with self._explained():
                pieces = await self._sdk.chat.completions.create(
                    model=self._model,
                    messages=cast("Any", list(messages)),
                    stream=True,
                    stream_options={"include_usage": True},
                    extra_body={self._limit: tokens},
                )
                async with pieces:
                    async for piece in pieces:
                        if piece.usage:
                            bill.used(piece.usage)
                        text = piece.choices[0].delta.content if piece.choices else None
                        if text:
                            bill.answer_chars += len(text)
                            yield text

    async def embed(self, texts: Sequence[str], *, purpose: str) -> list[list[float]]:
        """Turn texts into vectors, in their order."""
        vectors: list[list[float]] = []
        for start in range(0, len(texts), EMBEDDINGS_PER_CALL):
            part = list(texts[start : start + EMBEDDINGS_PER_CALL])
            bill = Bill(purpose, self._embedding_model, "\n".join(part))
            async with self._places, billed(bill, self._prices):
                with self._explained():
                    reply = await self._sdk.embeddings.create(
                        model=self._embedding_model, input=part, encoding_format="float"
                    )
                    bill.used(reply.usage)
            vectors += [entry.embedding for entry in sorted(reply.data, key=lambda e: e.index)]
        return vectors

    async def _ask(
        self, messages: Sequence[Message], *, answer: type[BaseModel], purpose: str, tokens: int
    ) -> str:
        while True:
            rung = self._rung
            try:
                return await self._said(
                    asked(rung, messages, answer), rung=rung, purpose=purpose, tokens=tokens
                )
            except _FormatUnknown:
                lower = below(rung)
                if lower is None:
                    raise ModelAnswerUnusable(attempts=1, reason="no format is known") from None
                log.info("llm.format_not_understood", rung=rung, trying=lower)
                self._rung = lower

    async def _said(self, request: dict[str, Any], *, rung: Rung, purpose: str, tokens: int) -> str:
        bill = Bill(purpose, self._model, words_of(request["messages"]), rung=rung)
        async with self._places, billed(bill, self._prices):
            with self._explained(format_asked="response_format" in request):
                reply = await self._sdk.chat.completions.create(
                    model=self._model, extra_body={self._limit: tokens}, **request
                )
            bill.used(reply.usage)
            message = reply.choices[0].message
            said = message.content or ""
            bill.answer_chars = len(said)
            if self._tell_words:
                log.debug("llm.words", asked=request["messages"], said=said)
            if message.refusal:
                raise ModelRefused(reason=message.refusal)
            return said

    @contextmanager
    def _explained(self, *, format_asked: bool = False) -> Iterator[None]:
        try:
            yield
        except openai.APIError as error:
            if format_asked and misunderstands_format(error):
                raise _FormatUnknown from error
            host = urlsplit(str(self._sdk.base_url)).netloc
            raise explained(error, host=host, model=self._model, seconds=self._seconds) from error


class _FormatUnknown(Exception):
    """The server does not know the response format."""


def _complaint(error: ValidationError) -> str:
    told = [
        f"{'.'.join(map(str, one['loc'])) or 'the object'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False)[:5]
    ]
    return "; ".join(told)
