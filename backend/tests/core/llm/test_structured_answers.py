"""Finding JSON in what models say, and the schema they are shown."""

import json

import pytest
from pydantic import BaseModel, Field

from bridge24.core.llm.answers import json_in, strict_schema

FOUND = '{"a": {"b": "}"}}'


@pytest.mark.parametrize(
    "said",
    [
        FOUND,
        f"Here it is: {FOUND} — enjoy {{smile}}",
        f"```json\n{FOUND}\n```",
        f'<think>{{"a": 0}} maybe?</think>\n{FOUND}',
        f"Use {{curly}} braces.\n```\n{FOUND}\n```",
    ],
)
def test_the_json_object_is_found(said: str) -> None:
    assert json.loads(json_in(said)) == {"a": {"b": "}"}}


@pytest.mark.parametrize("said", ["", "no json", "{broken", "[1, 2]", '"text"'])
def test_no_object_is_an_error(said: str) -> None:
    with pytest.raises(ValueError, match="no JSON object"):
        json_in(said)


class Inner(BaseModel):
    title: str = Field(default="x", max_length=3)
    format: int | None = None


class Outer(BaseModel):
    parts: list[Inner] = Field(min_length=1)


def test_the_strict_schema_requires_everything_and_keeps_fields_named_like_its_words() -> None:
    schema = strict_schema(Outer)
    inner = schema["$defs"]["Inner"]
    assert inner["required"] == ["title", "format"]
    assert inner["additionalProperties"] is False
    assert inner["properties"]["title"] == {"type": "string"}
    assert "minItems" not in schema["properties"]["parts"]
