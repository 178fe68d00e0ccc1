"""Pure: up to 50 calls into one ``batch`` call, and its answer back apart.

Rules: https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from msgspec import Raw

from bridge24.bitrix.errors import BitrixError, UnexpectedAnswer
from bridge24.bitrix.php import encode
from bridge24.bitrix.refusals import refusal
from bridge24.bitrix.wire import Call, Reply, Time, parse, time_of, whole

MAX_COMMANDS = 50
_REFERENCE = re.compile(r"\$result\[([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Skipped:
    """The call was not made, because ``halt`` stopped at an error before it."""

    method: str


Outcome = Reply | BitrixError | Skipped


@dataclass(frozen=True, slots=True)
class BatchReply:
    """One HTTP batch: an outcome per call, in order, and the batch's own time."""

    outcomes: list[Outcome]
    time: Time
    elapsed_seconds: float = 0.0
    """From sending to the last byte, by our own clock."""


def reference(call: int | str, *path: int | str) -> str:
    """Write a reference to the result of an earlier call of the same batch.

    ``call`` is the position in the sequence given to ``batch``, or the key of
    the call. Both calls must fall into the same fifty.

    >>> reference(0, 49, "ID"), reference("deals", "items", 0, "id")
    ('$result[c0][49][ID]', '$result[deals][items][0][id]')
    """
    key = f"c{call}" if isinstance(call, int) else call
    return f"$result[{key}]" + "".join(f"[{segment}]" for segment in path)


@dataclass(frozen=True, slots=True)
class Pack:
    """At most fifty calls with the keys they go by."""

    keys: tuple[str, ...]
    calls: tuple[Call, ...]

    @property
    def is_read(self) -> bool:
        """Whether the whole pack may be repeated freely."""
        return all(call.is_read for call in self.calls)

    def params(self, *, halt: bool) -> dict[str, object]:
        """The parameters of the ``batch`` method."""
        commands = zip(self.keys, self.calls, strict=True)
        return {"halt": int(halt), "cmd": {key: command(call) for key, call in commands}}


def packs(calls: Sequence[Call]) -> Iterator[Pack]:
    """Cut calls into packs of fifty.

    Raises:
        ValueError: two calls have one key, or a call refers to a result that is
            not earlier in the same pack: the portal would put "" in its place.
    """
    keys = [call.key or f"c{position}" for position, call in enumerate(calls)]
    if len(set(keys)) != len(keys):
        raise ValueError("two calls of the batch have the same key")
    for first in range(0, len(calls), MAX_COMMANDS):
        part = slice(first, first + MAX_COMMANDS)
        pack = Pack(keys=tuple(keys[part]), calls=tuple(calls[part]))
        _check_references(pack)
        yield pack


def command(call: Call) -> str:
    """Write one call as a command string.

    >>> command(Call("crm.deal.get", {"id": 5}))
    'crm.deal.get?id=5'
    """
    query = encode(call.params)
    return f"{call.method}?{query}" if query else call.method


def _check_references(pack: Pack) -> None:
    known: set[str] = set()
    for key, call in zip(pack.keys, pack.calls, strict=True):
        text = unquote(encode(call.params)) if refers(call) else ""
        missing = set(_REFERENCE.findall(text)) - known
        if missing:
            raise ValueError(f"call {key} refers to {missing.pop()}, not earlier in its fifty")
        known.add(key)


def refers(call: Call) -> bool:
    """Whether a parameter holds a ``$result`` reference."""
    return "$result[" in repr(call.params)


def outcomes(pack: Pack, reply: Reply, *, halt: bool, unparsed: bool = False) -> BatchReply:
    """Take the answer apart: exactly one outcome per call, in the order given.

    ``unparsed`` leaves the results as the JSON they came in (``msgspec.Raw``).

    Raises:
        UnexpectedAnswer: the sections are missing, so nothing can be told apart.
    """
    sections = reply.result
    if not isinstance(sections, Mapping) or "result" not in sections:
        raise UnexpectedAnswer("the batch answer has no sections", method="batch", status=200)
    stopped = halt and bool(sections.get("result_error"))
    began_at = reply.time.began_at
    told = [
        _outcome(sections, key, call.method, stopped=stopped, unparsed=unparsed, began_at=began_at)
        for key, call in zip(pack.keys, pack.calls, strict=True)
    ]
    return BatchReply(outcomes=told, time=reply.time)


def _outcome(
    sections: Mapping[str, Any],
    key: str,
    method: str,
    *,
    stopped: bool,
    unparsed: bool,
    began_at: datetime | None,
) -> Outcome:
    failure = lookup(sections.get("result_error"), key)
    if isinstance(failure, Mapping):
        text = failure.get("error_description", "")
        return refusal(failure.get("error", ""), text, method=method)
    if failure is not _ABSENT:
        return refusal("", failure, method=method)
    result = lookup(sections.get("result"), key)
    if isinstance(result, Raw) and not unparsed:
        result = parse(result)
    if result is not _ABSENT:
        return Reply(
            result=result,
            total=whole(lookup(sections.get("result_total"), key)),
            next=whole(lookup(sections.get("result_next"), key)),
            time=time_of(lookup(sections.get("result_time"), key), asked_at=began_at),
        )
    if stopped:
        return Skipped(method)
    return UnexpectedAnswer("the batch says nothing about this call", method=method, status=200)


_ABSENT = object()


def lookup(section: object, key: str) -> Any:
    """Find a key in a section that PHP wrote as a map or, with keys 0…n-1, as a list."""
    if isinstance(section, Mapping):
        return section.get(key, _ABSENT)
    if isinstance(section, list) and key.isdecimal() and int(key) < len(section):
        return section[int(key)]
    return _ABSENT
