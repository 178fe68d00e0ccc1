"""Texts, options, files and multi-values."""

import json
import re

import orjson

_FILE_LINKS = {"url", "urlMachine", "showUrl", "downloadUrl", "downloadData"}
"""Links of a file carry tokens and differ between two calls: only the id is kept.

https://apidocs.bitrix24.com/api-reference/files/how-to-download-files.html
"""
_SECRET = re.compile(r"[?&](auth|token)=")


def is_empty(raw: object) -> bool:
    """Whether a value means "not set": null, "", false, [] or {} (but not 0)."""
    return raw is None or raw is False or raw in ("", [], {})


def read_text(raw: object) -> str | None:
    """Read a text as it is; anything else as its JSON."""
    if isinstance(raw, str):
        return raw or None
    if is_empty(raw):
        return None
    return to_json(without_links(raw))


def read_choice(raw: object) -> str | None:
    """Read the id of a list's option: 0 is how a portal spells "none"."""
    text = read_text(raw)
    return None if text == "0" else text


def read_file(raw: object) -> int | str | None:
    """Read the id of a file, never its links."""
    if isinstance(raw, list) and len(raw) == 1:
        return read_file(raw[0])
    if isinstance(raw, dict) and (file_id := raw.get("id", raw.get("ID"))) is not None:
        return read_file(file_id)
    if isinstance(raw, str):
        if raw.isascii() and raw.isdigit() and len(raw) < 1000:
            return int(raw) or None
        return raw.split("?", 1)[0] or None
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw or None
    return read_text(raw)


def read_multifield(raw: object) -> str | None:
    """Read the first value of a list of phones, e-mails …; the rest is in the child table."""
    first = next(iter(multifield_items(raw)), None)
    return first[3] or None if first else read_text(raw if isinstance(raw, str) else None)


def multifield_items(raw: object) -> list[tuple[object, str, str, str]]:
    """List ``(id, type, value type, value)`` of a multi-value, in its order.

    https://apidocs.bitrix24.com/api-reference/crm/data-types.html#crm_multifield
    """
    if isinstance(raw, dict):
        raw = list(raw.values())
    if not isinstance(raw, list):
        return []
    return [_multifield(item) for item in raw if isinstance(item, dict)]


def _multifield(item: dict[str, object]) -> tuple[object, str, str, str]:
    def text(*names: str) -> str:
        return next((read_text(item[name]) or "" for name in names if name in item), "")

    return (
        item.get("ID", item.get("id")),
        text("TYPE_ID", "typeId"),
        text("VALUE_TYPE", "valueType"),
        text("VALUE", "value"),
    )


def without_links(raw: object) -> object:
    """Replace every file description by its id, at any depth."""
    if isinstance(raw, list):
        return [without_links(item) for item in raw]
    if not isinstance(raw, dict):
        return raw
    file_id = raw.get("id", raw.get("ID"))
    if file_id is not None and not _FILE_LINKS.isdisjoint(raw):
        return file_id
    return {key: without_links(item) for key, item in raw.items()}


def without_secrets(raw: object) -> object:
    """Like ``without_links``, and cut what follows ``?`` in links with tokens."""
    if isinstance(raw, str):
        return raw.split("?", 1)[0] if _SECRET.search(raw) else raw
    if isinstance(raw, list):
        return [without_secrets(item) for item in raw]
    kept = without_links(raw)
    if isinstance(kept, dict):
        return {key: without_secrets(item) for key, item in kept.items()}
    return kept


def to_json(value: object) -> str:
    """Write canonical JSON: sorted keys, no spaces, letters as they are."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        # Integers beyond 64 bits and lone surrogates are beyond orjson.
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
