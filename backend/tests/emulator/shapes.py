"""Compares answers by shape: the same keys, and values of the same kind."""

import json
import re
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
PORTAL_SPECIFIC = re.compile(r"UF_|ufCrm|PARENT_ID_|parentId|property\d|\d+$")
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def sample(name):
    """A documented answer."""
    return json.loads((SAMPLES / f"{name}.json").read_text())


def keys(value):
    """The keys every portal has."""
    return {key for key in value if not PORTAL_SPECIFIC.match(key)}


def differences(expected, ours, path="result"):
    """What the sample has that our answer has not, or has of another kind."""
    if isinstance(expected, dict) and isinstance(ours, dict):
        for key in keys(expected):
            if key not in ours:
                yield f"{path}.{key} is missing"
                continue
            yield from differences(expected[key], ours[key], f"{path}.{key}")
        return
    if isinstance(expected, list) and isinstance(ours, list):
        for place, each in enumerate(expected):
            if ours and isinstance(each, dict):
                yield from differences(each, _like(each, ours), f"{path}[{place}]")
        return
    if _kind(expected) != _kind(ours) and not _either_empty(expected, ours):
        yield f"{path} is {ours!r}, not like {expected!r}"


def _like(expected, rows):
    """The rows of a list laid over one another: no single one need have every key."""
    merged = {}
    for row in rows:
        for key, value in row.items():
            if key not in merged or _either_empty(merged[key], merged[key]):
                merged[key] = value
    return merged


def _kind(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "moment" if ISO.fullmatch(value) else "text"
    return type(value).__name__


def _either_empty(first, second):
    return any(value in (None, "", [], {}) for value in (first, second))
