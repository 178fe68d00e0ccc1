"""Pure: a call → an HTTP request, an HTTP answer → a Reply or an error.

Envelope: https://apidocs.bitrix24.com/settings/how-to-call-rest-api/general-principles.html
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
import orjson

from bridge24.bitrix.errors import BitrixError, QueryLimitExceeded, UnexpectedAnswer
from bridge24.bitrix.refusals import refusal
from bridge24.bitrix.rows import NotJson, decoded

Params = Mapping[str, object] | Sequence[object]

_READ_WORDS = frozenset(
    (
        "list",
        "get",
        "fields",
        "types",
        "items",
        "search",
        "current",
        "admin",
        "info",
        "time",
        "profile",
        "scope",
        "methods",
        "events",
        "findbycomm",
        "getfields",
        "gettypes",
        "getlist",
        "getfieldsbyfilter",
    )
)
_NOT_READS = frozenset({"event.offline.get"})  # takes the rows out of the queue


@dataclass(frozen=True, slots=True)
class Call:
    """One method with its parameters.

    A sequence of parameters is for the old positional methods (``task.*``).
    ``key`` names the call for ``$result[key]`` references inside a batch; left
    empty it is ``c`` plus its position.
    """

    method: str
    params: Params = field(default_factory=dict)
    key: str = ""

    @property
    def is_read(self) -> bool:
        """Whether the call changes nothing and may be repeated freely.

        >>> Call("crm.deal.list").is_read, Call("crm.deal.update").is_read
        (True, False)
        """
        method = self.method.lower()
        return method.rpartition(".")[2] in _READ_WORDS and method not in _NOT_READS


@dataclass(frozen=True, slots=True)
class Time:
    """The portal's account of one answer; seconds, and Unix times by its clock."""

    start: float = 0.0
    finish: float = 0.0
    duration: float = 0.0
    processing: float = 0.0
    date_start: str = ""
    operating: float | None = None
    """Seconds this method has used in the last ten minutes (cloud only)."""
    operating_reset_at: float | None = None
    """When the oldest of those minutes leaves the sum."""
    asked_at: datetime | None = None
    """When the call was sent, by the clock of the portal's web server, in UTC."""

    @property
    def began_at(self) -> datetime | None:
        """When the portal began to answer, by its own clock, in UTC: nothing was read before.

        None when neither the answer nor a header of it says.
        """
        if self.start > 0:
            return datetime.fromtimestamp(self.start, UTC)
        try:
            return datetime.fromisoformat(self.date_start).astimezone(UTC)
        except ValueError:
            return self.asked_at


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer. ``total`` and ``next`` come from list methods only."""

    result: Any
    total: int | None = None
    next: int | None = None
    time: Time = field(default_factory=Time)


@dataclass(frozen=True, slots=True)
class Request:
    """One POST. Its URL and body hold secrets, so neither is printed."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``location`` is the header of a redirect."""

    status: int
    body: bytes = field(repr=False)
    location: str = field(default="", repr=False)
    asked_at: datetime | None = None
    """When it was asked for, by the ``Date`` header, in UTC: at the latest."""


def body_of(params: Params, *, token: str = "") -> bytes:
    """Write the JSON body; positional parameters become the keys 0…n-1."""
    named = params if isinstance(params, Mapping) else dict(enumerate(params))
    fields = {str(key): value for key, value in named.items()}
    if token:
        fields["auth"] = token
    return orjson.dumps(fields, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | set | frozenset):
        return list(value)
    return str(value)  # Decimal: a string keeps every digit


def reply_of(answer: Answer, *, method: str) -> Reply:
    """Read an answer.

    Raises:
        BitrixError: the key ``error`` exists (even empty or 0), the status is
            400 or more, or the body is not an envelope.
    """
    envelope = _batch_envelope(answer) if method == "batch" else None
    envelope = envelope or _envelope(answer, method=method)
    if "error" in envelope:
        raise refusal(
            envelope["error"],
            envelope.get("error_description", ""),
            method=method,
            status=answer.status,
        )
    if answer.status >= 400:
        raise refusal("", "", method=method, status=answer.status)
    if "result" not in envelope:
        raise _unexpected("the answer has no result", answer=answer, method=method)
    return Reply(
        result=envelope["result"],
        total=whole(envelope.get("total")),
        next=whole(envelope.get("next")),
        time=time_of(envelope.get("time"), asked_at=answer.asked_at),
    )


class _Sections(msgspec.Struct):
    """A batch's sections. The results, nearly all of it, are left for later."""

    result: dict[str, msgspec.Raw] | list[msgspec.Raw]
    result_error: Any = None
    result_total: Any = None
    result_next: Any = None
    result_time: Any = None


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    result: _Sections
    time: Any = None


_batch = msgspec.json.Decoder(_Batch)


def _batch_envelope(answer: Answer) -> dict[str, Any] | None:
    """Read a batch's answer but for the results; None for any other, or with more in it."""
    try:
        envelope = _batch.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return {"result": msgspec.structs.asdict(envelope.result), "time": envelope.time}


def _envelope(answer: Answer, *, method: str) -> dict[str, Any]:
    envelope = parse(answer.body)
    if isinstance(envelope, dict):
        return envelope
    if answer.status == 429:
        # A gate in front of the portal, not the portal: no method is named.
        raise QueryLimitExceeded("too many requests", method=method, status=429)
    raise _unexpected("the answer is not a JSON object", answer=answer, method=method)


def _unexpected(text: str, *, answer: Answer, method: str) -> BitrixError:
    return UnexpectedAnswer(text, method=method, status=answer.status)


def parse(body: bytes | msgspec.Raw) -> Any:
    """Parse JSON without losing digits of integers; None when it is not JSON."""
    try:
        return decoded(body)
    except NotJson:
        return None


def time_of(raw: object, *, asked_at: datetime | None = None) -> Time:
    """Read a ``time`` object; whatever is missing stays at its default."""
    if not isinstance(raw, Mapping):
        return Time(asked_at=asked_at)
    return Time(
        start=_number(raw.get("start")) or 0.0,
        finish=_number(raw.get("finish")) or 0.0,
        duration=_number(raw.get("duration")) or 0.0,
        processing=_number(raw.get("processing")) or 0.0,
        date_start=str(raw.get("date_start") or ""),
        operating=_number(raw.get("operating")),
        operating_reset_at=_number(raw.get("operating_reset_at")),
        asked_at=asked_at,
    )


def whole(value: object) -> int | None:
    """An integer from what PHP may write as a number or a string."""
    number = _number(value)
    return None if number is None else int(number)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
