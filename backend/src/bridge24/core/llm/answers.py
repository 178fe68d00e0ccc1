"""Structured answers: the schema a model is shown, and the JSON found in what it says; pure."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

_REFUSED_BY_STRICT_MODE = (
    "default",
    "title",
    "format",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "pattern",
)
_FENCE = "```"


def strict_schema(answer: type[BaseModel]) -> dict[str, Any]:
    """Describe an answer as strict structured output wants it.

    Every property is required, no further ones are allowed, and limits that strict mode does
    not know are left to the validation afterwards.
    https://platform.openai.com/docs/guides/structured-outputs
    """
    schema = answer.model_json_schema()
    _tighten(schema)
    return schema


def _tighten(node: Any) -> None:
    if isinstance(node, list):
        for part in node:
            _tighten(part)
        return
    if not isinstance(node, dict):
        return
    properties = node.get("properties")
    if isinstance(properties, dict):
        node["required"], node["additionalProperties"] = list(properties), False
    for name, part in node.items():
        # Under these keys stand names of the answer's own fields, not words of the schema.
        for inner in part.values() if name in ("properties", "$defs") else [part]:
            _tighten(inner)
    for word in _REFUSED_BY_STRICT_MODE:
        node.pop(word, None)


def json_in(text: str) -> str:
    """Find the JSON object in what a model said: bare, fenced, or amid words and thoughts.

    Raises:
        ValueError: There is none.
    """
    said = text.rpartition("</think>")[2]
    for start in _openings(said):
        try:
            found, end = json.JSONDecoder().raw_decode(said[start:])
        except ValueError:
            continue
        if isinstance(found, dict):
            return said[start : start + end]
    raise ValueError("it holds no JSON object")


def _openings(said: str) -> Iterator[int]:
    fenced = said.find(_FENCE)
    first = said.find("{", max(fenced, 0))
    while first >= 0:
        yield first
        first = said.find("{", first + 1)
    if fenced > 0:
        yield from _openings(said[:fenced])
