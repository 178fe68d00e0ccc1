"""How values look on the wire: classic strings, item natives, PHP arrays, portal JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import quote

import orjson

from bridge24.emulator.calls import Json, words
from bridge24.emulator.schema import Field

Convert: TypeAlias = Callable[[Json], Json]

WHOLE = frozenset(
    words(
        "integer user employee enumeration iblock_element iblock_section crm_category "
        "location crm_lead crm_deal crm_contact crm_company crm_quote crm_entity "
        "resourcebooking"
    )
)
MULTIFIELDS = ("PHONE", "EMAIL", "WEB", "IM", "LINK")


class RenderedPage:
    """A page of rows that are JSON already, yet can be looked into by `$result[…]`."""

    __slots__ = ("rows",)

    def __init__(self, rows: list[bytes]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def json(self) -> bytes:
        """The page as a JSON array."""
        return b"[" + b",".join(self.rows) + b"]"

    def item(self, index: int) -> Json:
        """One row, parsed; a reference rarely needs more than the id."""
        return orjson.loads(self.rows[index])


class RenderedRow:
    """One record that is JSON already."""

    __slots__ = ("row",)

    def __init__(self, row: bytes) -> None:
        self.row = row

    def json(self) -> bytes:
        """The record as a JSON object."""
        return self.row

    def parsed(self) -> Json:
        """The record."""
        return orjson.loads(self.row)


def written(part: Mapping[str, Json]) -> bytes:
    r"""Write a part of a row without its braces, `/` as `\/` the way PHP does."""
    return orjson.dumps(part)[1:-1].replace(b"/", b"\\/")


def body(value: Json, *, escape_slashes: bool = True, escape_unicode: bool = False) -> bytes:
    r"""Write an answer as PHP does: `/` as `\/`, on request all but ASCII as `\uXXXX`.

    Rows are long and have their slashes escaped already: they are put in afterwards.
    """
    ready: list[bytes] = []

    def keep(rendered: object) -> str:
        if not isinstance(rendered, RenderedPage | RenderedRow):
            raise TypeError(f"{type(rendered).__name__} is not JSON")
        ready.append(rendered.json())
        return _PLACE

    frame = orjson.dumps(value, default=keep, option=orjson.OPT_NON_STR_KEYS)
    parts = frame.replace(b"/", b"\\/").split(_PLACE_JSON)
    filled = b"".join(part for pair in zip(parts, [*ready, b""], strict=True) for part in pair)
    if not escape_slashes:
        filled = filled.replace(b"\\/", b"/")
    if escape_unicode:
        filled = json.dumps(orjson.loads(filled), separators=(",", ":")).encode()
        filled = filled.replace(b"/", b"\\/") if escape_slashes else filled
    return filled


_PLACE = "\x00\x01ready"
_PLACE_JSON = orjson.dumps(_PLACE)


def php_array(section: Mapping[str, Json]) -> Json:
    """Serialise a PHP array: a list when empty or keyed 0…n-1 in order, else a map."""
    if all(str(index) == key for index, key in enumerate(section)):
        return list(section.values())
    return dict(section)


# Classic wire form → the native types of `crm.item.*`


def native(field: Field) -> Convert:
    """How `crm.item.*` shows a value that classic methods show as text."""
    single = _native_single(field)
    if field.multiple and field.type not in {"file", "crm_multifield"}:
        return lambda value: [single(each) for each in value] if value else []
    return single


def _native_single(field: Field) -> Convert:
    if field.empty:
        return lambda _value: None
    if field.type in WHOLE:
        return _whole
    if field.type == "double":
        return _number
    if field.type in {"char", "boolean"}:
        return _yes_no
    if field.type in {"date", "datetime"} or field.custom:
        return lambda value: None if value in ("", None, False) else value
    return lambda value: value


def _whole(value: Json) -> Json:
    if value in (None, "", False):
        return None
    return int(value)


def _number(value: Json) -> Json:
    if value in (None, ""):
        return None
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _yes_no(value: Json) -> Json:
    if value is None:
        return None
    return "Y" if value in ("Y", "1", 1, True) else "N"


# Files: kept as ids, shown with links that differ between the families


def classic_file(owner: str, owner_id: int | str, code: str, file_id: int) -> Json:
    """A file of a classic method: relative links.

    https://apidocs.bitrix24.com/api-reference/files/how-to-download-files.html
    """
    page = f"/bitrix/components/bitrix/crm.{owner}.show/show_file.php?"
    tail = f"ownerId={owner_id}&fieldName={code}&dynamic=Y&fileId={file_id}"
    return {"id": file_id, "showUrl": page + tail, "downloadUrl": f"{page}auth=&{tail}"}


def item_file(host: str, type_id: int, owner_id: int | str, code: str, file_id: int) -> Json:
    """A file of `crm.item.*`: absolute links, one with a secret token."""
    tail = f"entityTypeId={type_id}&id={owner_id}&fieldName={code}&fileId={file_id}"
    page = f"https://{host}/bitrix/services/main/ajax.php?action=crm.controller.item.getFile"
    token = quote(f"crm|{tail}", safe="")
    machine = f"https://{host}/rest/crm.controller.item.getFile.json?auth=secret&token={token}"
    return {"id": file_id, "url": f"{page}&SITE_ID=s1&{tail}", "urlMachine": machine}


# Phones, e-mails and other multifields


def fm(row: Mapping[str, Json]) -> list[Json]:
    """The `fm` list of `crm.item.*`."""
    return [
        {
            "id": int(each["ID"]),
            "valueType": each["VALUE_TYPE"],
            "value": each["VALUE"],
            "typeId": each["TYPE_ID"],
        }
        for code in MULTIFIELDS
        for each in row.get(code) or ()
    ]


def derived(row: Mapping[str, Json]) -> dict[str, str]:
    """The single strings `crm.item.*` derives from multifields: `phone`, `emailWork`…"""
    found = dict.fromkeys(DERIVED, "")
    for code in ("PHONE", "EMAIL", "IM"):
        for each in row.get(code) or ():
            kind = "imol" if each["VALUE_TYPE"] in {"IMOL", "OPENLINE"} else code.lower()
            for name in (kind, kind + str(each["VALUE_TYPE"]).capitalize()):
                if found.get(name) == "":
                    found[name] = each["VALUE"]
    return found


DERIVED = words(
    "phone phoneMobile phoneWork phoneMailing email emailHome emailWork emailMailing imol"
)
