"""Forms as PHP writes them: nested values under bracketed names."""

from collections.abc import Mapping
from urllib.parse import quote_plus

from bridge24.emulator.calls import Json


def form(values: Mapping[str, Json]) -> str:
    """Encode nested values like PHP's ``http_build_query``: nulls and empty arrays vanish."""
    return "&".join(
        f"{_quoted(name)}={_quoted(_scalar(value))}" for name, value in _flat("", values)
    )


def _flat(prefix: str, value: Json) -> list[tuple[str, Json]]:
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, Mapping):
        return [] if value is None else [(prefix, value)]
    pairs: list[tuple[str, Json]] = []
    for key, inner in value.items():
        pairs += _flat(f"{prefix}[{key}]" if prefix else str(key), inner)
    return pairs


def _scalar(value: Json) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _quoted(text: str) -> str:
    return quote_plus(text).replace("~", "%7E")
