"""Parameters as PHP reads them: brackets in queries and forms, JSON bodies, both merged.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/data-encoding.html
"""

from __future__ import annotations

from collections.abc import Iterable
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import unquote_plus

import orjson

from bridge24.emulator.calls import Json, Params


def parse_query(text: str) -> Params:
    """Decode `a[b][]=1&…` as PHP's `parse_str` does: every value is a string."""
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return nest((unquote_plus(key), unquote_plus(value)) for key, _, value in pairs)


def nest(pairs: Iterable[tuple[str, str]]) -> Params:
    """Build nested arrays from bracketed keys; arrays keyed 0…n-1 become lists."""
    root: Params = {}
    for key, value in pairs:
        name, path = _path(key)
        if name:
            _put(root, [name, *path], value)
    return {key: _lists(value) for key, value in root.items()}


def decode_body(content_type: str, body: bytes) -> Params:
    """Decode a POST body by its content type; what cannot be read is no parameters."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return nest(_parts(content_type, body))
    if kind == "application/x-www-form-urlencoded":
        return parse_query(body.decode("utf-8", "replace"))
    return _json(body)


def _json(body: bytes) -> Params:
    if not body.strip():
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    return value if isinstance(value, dict) else {}


def _parts(content_type: str, body: bytes) -> Iterable[tuple[str, str]]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message: Message = BytesParser(policy=HTTP).parsebytes(head + body)
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            yield name, content.decode("utf-8", "replace")


def _path(key: str) -> tuple[str, list[str]]:
    """Split `filter[>ID][]` into its name and its segments."""
    name, bracket, rest = key.partition("[")
    name = name.strip().replace(".", "_").replace(" ", "_")
    if not bracket or "]" not in rest:
        return name + bracket.replace("[", "_") + rest, []
    segments = []
    while bracket and "]" in rest:
        segment, _, rest = rest.partition("]")
        segments.append(segment)
        _, bracket, rest = rest.partition("[")
    return name, segments


def _put(root: dict[str, Json], path: list[str], value: str) -> None:
    node = root
    for segment in path[:-1]:
        child = node.setdefault(_index(node, segment), {})
        if not isinstance(child, dict):
            child = node[_index(node, segment)] = {}
        node = child
    node[_index(node, path[-1])] = value


def _index(node: dict[str, Json], segment: str) -> str:
    """The key of a segment; an empty one is the next free number."""
    if segment:
        return segment
    taken = [int(key) for key in node if key.isdecimal()]
    return str(max(taken) + 1) if taken else "0"


def _lists(value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    if all(str(index) == key for index, key in enumerate(value)):
        return [_lists(each) for each in value.values()]
    return {key: _lists(each) for key, each in value.items()}
