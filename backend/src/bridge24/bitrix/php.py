"""Pure: PHP's bracket notation, ``filter[>ID]=1&select[]=ID``, both ways.

Rules: https://apidocs.bitrix24.com/settings/how-to-call-rest-api/data-encoding.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import quote, unquote_plus

_INDEX = re.compile(r"0|[1-9][0-9]{0,14}")
MAX_DEPTH = 16
MAX_PAIRS = 5_000
MAX_LENGTH = 1_000_000
USUAL_NAME = 100
"""Longer names are not remembered: who sends them must not fill our memory."""

Branch: TypeAlias = "str | list[Branch] | dict[str, Branch]"
Tree = dict[str, Branch]


class Malformed(ValueError):
    """The form is larger or deeper than any Bitrix24 sends."""


def encode(params: Mapping[str, object] | Sequence[object]) -> str:
    """Write parameters as a query string; keys and values are percent-encoded.

    ``None`` becomes an empty value and booleans ``1``/``0``, as PHP would write
    them. An empty map, and an empty list at the top, are left out: the notation
    cannot say them. A nested empty list becomes ``key[]=``.

    >>> encode({"filter": {">ID": 5}, "select": ["ID", "UF_*"], "start": -1})
    'filter[%3EID]=5&select[0]=ID&select[1]=UF_%2A&start=-1'
    """
    items = params.items() if isinstance(params, Mapping) else enumerate(params)
    pairs = (_pairs(_quoted(key), value) for key, value in items if not _is_empty(value))
    return "&".join(pair for group in pairs for pair in group)


def _pairs(name: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{_quoted(key)}]", inner)
        return
    if isinstance(value, list | tuple):
        if not value:
            yield f"{name}[]="
        for index, inner in enumerate(value):
            yield from _pairs(f"{name}[{index}]", inner)
        return
    yield f"{name}={_quoted(value)}"


def _is_empty(value: object) -> bool:
    return isinstance(value, Mapping | list | tuple) and not value


def _quoted(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return quote(str(value), safe="")


def decode(text: str) -> Tree:
    """Read a query string or form the way PHP's ``parse_str`` does.

    Maps whose keys are exactly 0…n-1 become lists. The later of two equal
    scalar keys wins.

    Raises:
        Malformed: over 1,000,000 characters, 5,000 pairs or 16 levels.

    >>> decode("data[FIELDS][ID]=7&data%5BUF%5D%5B0%5D=1&ts=9")
    {'data': {'FIELDS': {'ID': '7'}, 'UF': ['1']}, 'ts': '9'}
    """
    if len(text) > MAX_LENGTH or text.count("&") >= MAX_PAIRS:
        raise Malformed("the form is too large")
    root = _Node()
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if name:
            root.put(_path(name), unquote_plus(value))
    return {key: _listed(branch) for key, branch in root.branches.items()}


def _path(name: str) -> Sequence[str]:
    return _usual_path(name) if len(name) <= USUAL_NAME else _segments(unquote_plus(name))


@lru_cache(maxsize=1_000)
def _usual_path(name: str) -> Sequence[str]:
    """Take a name apart; those of a portal's forms are always the same."""
    return _segments(unquote_plus(name))


class _Node:
    """One level of the tree while it is being read."""

    __slots__ = ("branches", "next_index")

    def __init__(self) -> None:
        self.branches: dict[str, str | _Node] = {}
        self.next_index = 0

    def put(self, path: Sequence[str], value: str) -> None:
        node = self
        for segment in path[:-1]:
            node = node._inner(node._key(segment))
        node.branches[node._key(path[-1])] = value

    def _inner(self, key: str) -> "_Node":
        inner = self.branches.get(key)
        if not isinstance(inner, _Node):
            inner = self.branches[key] = _Node()
        return inner

    def _key(self, segment: str) -> str:
        """The key itself; for an empty one, one more than the highest index so far."""
        key = segment or str(self.next_index)
        if _INDEX.fullmatch(key):
            self.next_index = max(self.next_index, int(key) + 1)
        return key


def _segments(name: str) -> list[str]:
    """Split ``a[b][]`` into ``a``, ``b`` and an empty segment.

    >>> _segments("data[FIELDS][ID]"), _segments("odd[key")
    (['data', 'FIELDS', 'ID'], ['odd[key'])
    """
    head, bracket, rest = name.partition("[")
    if not bracket or not head or "]" not in rest:
        return [name]
    path = [head]
    rest = bracket + rest
    while rest.startswith("[") and "]" in rest:
        segment, _, rest = rest[1:].partition("]")
        path.append(segment)
        if len(path) > MAX_DEPTH:
            raise Malformed("the form is too deep")
    return path


def _listed(branch: str | _Node) -> Branch:
    if isinstance(branch, str):
        return branch
    inner = {key: _listed(value) for key, value in branch.branches.items()}
    if "0" in inner and list(inner) == [str(index) for index in range(len(inner))]:
        return list(inner.values())
    return inner
