"""`batch`: up to fifty commands in one request, one after the other.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from bridge24.emulator.calls import (
    Answer,
    Call,
    Json,
    Params,
    RestError,
    as_map,
    method_not_found,
    register,
)
from bridge24.emulator.envelope import times
from bridge24.emulator.gate import Gate, Outcome
from bridge24.emulator.limits import BATCH_LENGTH
from bridge24.emulator.params import parse_query
from bridge24.emulator.rendering import RenderedPage, RenderedRow, php_array

Spend: TypeAlias = Callable[[float], Awaitable[None]]
"""Lets portal time pass, and ends the request when it has taken too long."""

_REFERENCE = re.compile(r"\$result((?:\[[^\[\]]*\])+)")
_SEGMENT = re.compile(r"\[([^\[\]]*)\]")


@dataclass(slots=True)
class _Sections:
    """The five sections of the answer by command key."""

    result: dict[str, Json] = field(default_factory=dict)
    error: dict[str, Json] = field(default_factory=dict)
    total: dict[str, Json] = field(default_factory=dict)
    next: dict[str, Json] = field(default_factory=dict)
    time: dict[str, Json] = field(default_factory=dict)

    def keep(self, key: str, answer: Answer) -> None:
        self.result[key] = answer.result
        if answer.total is not None:
            self.total[key] = answer.total
        if answer.next is not None:
            self.next[key] = answer.next

    def fail(self, key: str, error: RestError) -> None:
        scope = error.code == "insufficient_scope"
        description = "" if scope else error.description
        self.error[key] = {"error": error.code, "error_description": description}

    def shown(self) -> dict[str, Json]:
        return {
            "result": php_array(self.result),
            "result_error": php_array(self.error),
            "result_total": php_array(self.total),
            "result_next": php_array(self.next),
            "result_time": php_array(self.time),
        }


async def run(gate: Gate, call: Call, spend: Spend) -> Answer:
    """Carry out the commands; failures stay inside the answer, which is HTTP 200."""
    sections = _Sections()
    halt = call.param("halt") in (1, "1", True, "true", "True", "Y")
    for place, (key, command) in enumerate(as_map(call.param("cmd")).items()):
        if place >= BATCH_LENGTH:
            sections.fail(key, _too_long())
            continue
        outcome = await _command(gate, call, command, sections, spend=spend, key=key)
        if outcome is not None and outcome.error is not None and halt:
            break
    return Answer(sections.shown())


async def _command(
    gate: Gate, outer: Call, command: Json, sections: _Sections, *, spend: Spend, key: str
) -> Outcome | None:
    portal = outer.portal
    start = portal.clock.now()
    method, params = _parsed(command, sections.result)
    call = Call(portal, method, params, outer.identity)
    outcome = gate.run(call, in_batch=True)
    await spend(outcome.seconds)
    if outcome.error is not None:
        sections.fail(key, outcome.error)
        return outcome
    if outcome.answer is not None:
        sections.keep(key, outcome.answer)
        sections.time[key] = times(
            portal.zone,
            start=start,
            finish=portal.clock.now(),
            processing=outcome.seconds,
            operating=outcome.operating,
        )
    return outcome


def _parsed(command: Json, results: dict[str, Json]) -> tuple[str, Params]:
    """Split a command at its first `?`; references are put in after decoding."""
    method, _, query = str(command).partition("?")
    params = parse_query(query)
    params.pop("auth", None)
    if "$result" in query or "%24result" in query:
        params = {key: _resolved(value, results) for key, value in params.items()}
    return method.strip().strip("/"), params


def _resolved(value: Json, results: dict[str, Json]) -> Json:
    if isinstance(value, dict):
        return {key: _resolved(each, results) for key, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, results) for each in value]
    whole = _REFERENCE.fullmatch(value)
    if whole:
        found = _look_up(whole, results)
        return found if isinstance(found, dict | list) else _text(found)
    return _REFERENCE.sub(lambda match: _text(_look_up(match, results)), value)


def _look_up(match: re.Match[str], results: dict[str, Json]) -> Json:
    """Follow a reference; a path that leads nowhere is an empty string."""
    found: Json = results
    for segment in _SEGMENT.findall(match[1]):
        found = _step(found, segment)
    return found


def _step(value: Json, segment: str) -> Json:
    if isinstance(value, RenderedPage):
        number = int(segment) if segment.isdecimal() else -1
        return value.item(number) if 0 <= number < len(value) else ""
    if isinstance(value, RenderedRow):
        value = value.parsed()
    return as_map(value).get(segment, "")


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None or isinstance(value, dict | list | RenderedPage) else str(value)


def _too_long() -> RestError:
    return RestError(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")


def _nested(_call: Call) -> Answer:
    """`batch` has its own way in; as an ordinary method it does not exist."""
    raise method_not_found()


register("batch", _nested, batchable=False)
