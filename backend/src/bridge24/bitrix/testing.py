"""ScriptedTransport: a portal for tests that answers what it was told to.

It knows nothing of CRM objects: every method answers what the test says. Only
``batch`` is understood: its commands are taken apart, ``$result`` references are
resolved, and each command is answered as if it had been called by itself.
"""

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from bridge24.bitrix.errors import BitrixError
from bridge24.bitrix.php import decode
from bridge24.bitrix.wire import Answer, Call, Request

_REFERENCE = re.compile(r"\$result((?:\[[^\]]*\])+)")
_UNSENT = frozenset({"auth"})


@dataclass(frozen=True, slots=True)
class Says:
    """One scripted answer: an envelope with its status, or what breaks instead."""

    envelope: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    body: bytes | None = None
    location: str = ""
    raises: BitrixError | None = None
    after_seconds: float = 0.0


Script = Callable[[Mapping[str, Any]], "Says | object"]


class ScriptedTransport:
    """Answers by method name; remembers what was asked.

    >>> transport = ScriptedTransport()
    >>> transport.on("profile", {"ID": "1"})            # always
    >>> transport.once("profile", refuses("expired_token", status=401))  # first
    >>> transport.on("crm.deal.get", lambda params: {"ID": params["id"]})
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        """Every request sent, with its full URL."""
        self.calls: list[Call] = []
        """Every HTTP call, by method and parameters, without the token."""
        self.commands: list[Call] = []
        """Every call including the ones inside batches, in order of execution."""
        self._always: dict[str, Script] = {}
        self._next: defaultdict[str, deque[Script]] = defaultdict(deque)

    def on(self, method: str, answer: object) -> None:
        """Answer a method with a result, ``Says``, or a function of the parameters."""
        self._always[method] = _script(answer)

    def once(self, method: str, *answers: object) -> None:
        """Queue answers that come before the standing one."""
        self._next[method].extend(map(_script, answers))

    async def send(self, request: Request) -> Answer:
        """Play the script."""
        method = request.url.partition("?")[0].rpartition("/")[2]
        self.requests.append(request)
        params = self._params(request)
        self.calls.append(Call(method, params))
        says = self._answer(method, params)
        await asyncio.sleep(says.after_seconds)
        if says.raises is not None:
            raise says.raises
        body = says.body if says.body is not None else orjson.dumps(says.envelope)
        return Answer(status=says.status, body=body, location=says.location)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _params(self, request: Request) -> Mapping[str, Any]:
        if request.content_type != "application/json":
            return decode(request.body.decode())
        params = orjson.loads(request.body)
        return {key: value for key, value in params.items() if key not in _UNSENT}

    def _answer(self, method: str, params: Mapping[str, Any]) -> Says:
        queued = self._next[method]
        if queued:
            return _said(queued.popleft()(params))
        if method in self._always:
            self._note(method, params)
            return _said(self._always[method](params))
        if method == "batch":
            return self._batch(params)
        return refuses("ERROR_METHOD_NOT_FOUND", "Method not found!", status=404)

    def _note(self, method: str, params: Mapping[str, Any]) -> None:
        self.commands.append(Call(method, params))

    def _batch(self, params: Mapping[str, Any]) -> Says:
        sections: dict[str, dict[str, Any]] = {
            name: {}
            for name in ("result", "result_error", "result_total", "result_next", "result_time")
        }
        for key, text in _keyed(params.get("cmd", {})):
            method, _, query = str(text).partition("?")
            arguments = _resolved(decode(query), sections["result"])
            says = self._answer(method, arguments)
            _file(sections, key=key, says=says)
            if "error" in says.envelope and int(params.get("halt", 0)):
                break
        shaped = {name: php_array(section) for name, section in sections.items()}
        return Says({"result": shaped, "time": time_object()})


def refuses(code: object, description: str = "", *, status: int = 400) -> Says:
    """An error answer."""
    return Says({"error": code, "error_description": description}, status=status)


def breaks(error: BitrixError) -> Says:
    """An answer that never comes: the transport raises this error."""
    return Says(raises=error)


def answers(result: object, **envelope: object) -> Says:
    """A good answer with further keys: ``total``, ``next``, ``time``."""
    return Says({"result": result, "time": time_object(), **envelope})


def time_object(
    *, operating: float = 0.0, finish: float = 1_778_747_193.5, reset_in: float = 600.0
) -> dict[str, Any]:
    """A ``time`` object; the shape of https://apidocs.bitrix24.com/limits.html."""
    return {
        "start": finish - 0.1,
        "finish": finish,
        "duration": 0.1,
        "processing": 0.05,
        "date_start": "2026-05-14T10:26:32+02:00",
        "date_finish": "2026-05-14T10:26:33+02:00",
        "operating_reset_at": int(finish + reset_in),
        "operating": operating,
    }


def php_array(section: Mapping[str, Any]) -> Any:
    """A map as PHP writes it: a list when its keys are exactly 0…n-1.

    >>> php_array({}), php_array({"0": "a", "1": "b"}), php_array({"1": "b"})
    ([], ['a', 'b'], {'1': 'b'})
    """
    if list(section) == [str(index) for index in range(len(section))]:
        return list(section.values())
    return dict(section)


def _script(answer: object) -> Script:
    if callable(answer):
        return answer
    return lambda _params: answer


def _said(answer: object) -> Says:
    return answer if isinstance(answer, Says) else answers(answer)


def _keyed(commands: object) -> list[tuple[str, object]]:
    pairs = commands.items() if isinstance(commands, Mapping) else enumerate(_list(commands))
    return [(str(key), text) for key, text in pairs]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _file(sections: dict[str, dict[str, Any]], *, key: str, says: Says) -> None:
    envelope = says.envelope
    if says.raises is not None:
        raise says.raises
    if "error" in envelope:
        sections["result_error"][key] = dict(envelope)
        return
    for section, name in (("result", "result"), ("result_time", "time")):
        sections[section][key] = envelope.get(name)
    for name in {"total", "next"} & set(envelope):
        sections[f"result_{name}"][key] = envelope[name]


def _resolved(value: Any, results: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _resolved(inner, results) for key, inner in value.items()}
    if isinstance(value, list):
        return [_resolved(inner, results) for inner in value]
    return _REFERENCE.sub(lambda found: _scalar(found[1], results), value)


def _scalar(path: str, results: Mapping[str, Any]) -> str:
    """What a reference stands for; "" when it leads nowhere."""
    node: Any = results
    for segment in path[1:-1].split("]["):
        if isinstance(node, list) and segment.isdecimal() and int(segment) < len(node):
            node = node[int(segment)]
        elif isinstance(node, Mapping) and segment in node:
            node = node[segment]
        else:
            return ""
    return "" if node is None or isinstance(node, Mapping | list) else str(node)
