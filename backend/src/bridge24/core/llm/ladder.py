"""How a structured answer is asked for: the strictest way a server understands; pure."""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from bridge24.core.llm.answers import strict_schema

Message = dict[str, str]


class Rung(StrEnum):
    """Ways to ask for JSON, from the strictest down."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    PROMPT = "prompt"


LADDER = tuple(Rung)


def below(rung: Rung) -> Rung | None:
    """Name the next way to try when a server does not understand this one."""
    place = LADDER.index(rung) + 1
    return LADDER[place] if place < len(LADDER) else None


def asked(rung: Rung, messages: Sequence[Message], answer: type[BaseModel]) -> dict[str, Any]:
    """Word a request: the messages, and the response format where there is one."""
    if rung is Rung.JSON_SCHEMA:
        schema = {"name": answer.__name__, "schema": strict_schema(answer), "strict": True}
        return {
            "messages": list(messages),
            "response_format": {"type": "json_schema", "json_schema": schema},
        }
    described = [*messages[:-1], _with_schema(messages[-1], answer)]
    if rung is Rung.JSON_OBJECT:
        return {"messages": described, "response_format": {"type": "json_object"}}
    return {"messages": described}


def repaired(messages: Sequence[Message], said: str, complaint: str) -> list[Message]:
    """Go on after an unusable answer: show it, say what is wrong, ask once more."""
    return [
        *messages,
        {"role": "assistant", "content": said},
        {
            "role": "user",
            "content": f"That answer cannot be used: {complaint}\n"
            "Answer again with the corrected JSON object alone.",
        },
    ]


def _with_schema(message: Message, answer: type[BaseModel]) -> Message:
    schema = json.dumps(answer.model_json_schema(), ensure_ascii=False)
    wish = f"Answer with one JSON object alone, by this JSON Schema:\n{schema}"
    return {**message, "content": f"{message['content']}\n\n{wish}"}
