"""The server: chat completions, streaming, structured output, embeddings, and mishaps on order.

https://platform.openai.com/docs/api-reference/chat
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bridge24.canned.rules import Rule, answer_to, embedding_of, tokens_in

FORMATS = frozenset({"json_schema", "json_object"})
PIECE = 12
"""Characters in one piece of a stream."""


@dataclass(slots=True)
class Mishap:
    """What goes wrong with the next requests."""

    status: int
    message: str
    times: int
    retry_after: float | None = None


class CannedModel:
    """A server on a free port of this machine; ``async with`` starts and stops it.

    Args:
        rules: What it says; the first that matches.
        key: The key it wants; None: any.
        formats: The response formats it understands.
        port: 0: a free one.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        *,
        key: str | None = None,
        formats: Collection[str] = FORMATS,
        port: int = 0,
    ) -> None:
        self.rules = list(rules)
        self.requests: list[dict[str, Any]] = []
        """The bodies of all requests, the latest last."""
        self.broken_off = 0
        """Streams whose reader went away before the end."""
        self.seconds_before = 0.0
        """How long every answer is waited for."""
        self.seconds_between = 0.0
        """How long every further piece of a stream is waited for."""
        self._key = key
        self._formats = frozenset(formats)
        self._port = port
        self._mishaps: list[Mishap] = []
        self._runner: web.AppRunner | None = None

    @property
    def base_url(self) -> str:
        """What OPENAI_BASE_URL must say."""
        return f"http://127.0.0.1:{self._port}/v1"

    def fail(
        self, status: int, *, message: str = "", times: int = 1, retry_after: float | None = None
    ) -> None:
        """Refuse the next requests; status 0 breaks the connection off."""
        self._mishaps.append(Mishap(status, message or f"status {status}", times, retry_after))

    async def __aenter__(self) -> "CannedModel":
        app = web.Application(client_max_size=16 * 2**20)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        refusal = await self._refusal(request, asked)
        if refusal is not None:
            return refusal
        wanted = (asked.get("response_format") or {}).get("type", "text")
        if wanted != "text" and wanted not in self._formats:
            return _error(400, f"response_format {wanted} is not supported by this model")
        said = answer_to(self.rules, asked)
        await asyncio.sleep(self.seconds_before)
        if asked.get("stream"):
            return await self._streamed(request, asked, said)
        choice = {"index": 0, "message": _message(said), "finish_reason": "stop"}
        return web.json_response(
            {
                **_envelope(asked, "chat.completion"),
                "choices": [choice],
                "usage": _usage(asked, said),
            }
        )

    async def _streamed(
        self, request: web.Request, asked: dict[str, Any], said: str
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            async for event in self._events(asked, said):
                await response.write(f"data: {event}\n\n".encode())
        except (ConnectionError, asyncio.CancelledError):
            self.broken_off += 1
            raise
        return response

    async def _events(self, asked: dict[str, Any], said: str) -> AsyncIterator[str]:
        envelope = _envelope(asked, "chat.completion.chunk")
        for start in range(0, len(said), PIECE):
            delta = {"content": said[start : start + PIECE]}
            yield json.dumps({**envelope, "choices": [{"index": 0, "delta": delta}]})
            await asyncio.sleep(self.seconds_between)
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        yield json.dumps({**envelope, "choices": [end]})
        if (asked.get("stream_options") or {}).get("include_usage"):
            yield json.dumps({**envelope, "choices": [], "usage": _usage(asked, said)})
        yield "[DONE]"

    async def _embeddings(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        refusal = await self._refusal(request, asked)
        if refusal is not None:
            return refusal
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        entries = [
            {"object": "embedding", "index": place, "embedding": embedding_of(text)}
            for place, text in enumerate(texts)
        ]
        tokens = sum(map(tokens_in, texts))
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return web.json_response(
            {"object": "list", "model": asked["model"], "data": entries, "usage": usage}
        )

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "canned", "object": "model"}]})

    async def _refusal(self, request: web.Request, asked: dict[str, Any]) -> web.Response | None:
        self.requests.append(asked)
        if self._key is not None and request.headers.get("Authorization") != f"Bearer {self._key}":
            return _error(401, "Incorrect API key provided.")
        if not self._mishaps:
            return None
        mishap = self._mishaps[0]
        mishap.times -= 1
        if mishap.times <= 0:
            self._mishaps.pop(0)
        if mishap.status == 0 and request.transport is not None:
            request.transport.abort()
        return _error(mishap.status or 500, mishap.message, retry_after=mishap.retry_after)


def _envelope(asked: dict[str, Any], kind: str) -> dict[str, Any]:
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:24]
    return {"id": f"chatcmpl-{digest}", "object": kind, "created": 0, "model": asked.get("model")}


def _message(said: str) -> dict[str, object]:
    return {"role": "assistant", "content": said, "refusal": None}


def _usage(asked: dict[str, Any], said: str) -> dict[str, int]:
    words = "".join(str(message.get("content")) for message in asked.get("messages", []))
    prompt, answer = tokens_in(words), tokens_in(said)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answer,
        "total_tokens": prompt + answer,
    }


def _error(status: int, message: str, *, retry_after: float | None = None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = {"error": {"message": message, "type": "canned", "param": None, "code": None}}
    return web.json_response(body, status=status, headers=headers)
