"""What a portal writes around a result: the `time` object, and errors.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/data-in-response.html
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

import orjson

from bridge24.emulator.calls import Answer, Json, RestError
from bridge24.emulator.limits import Operating
from bridge24.emulator.rendering import body
from bridge24.emulator.zones import Zone


@dataclass(frozen=True, slots=True)
class Wire:
    r"""How answers are spelt.

    Attributes:
        escape_slashes: `/` as `\/`, as PHP does.
        escape_unicode: All but ASCII as `\uXXXX`.
        total_without_count: Whether `start=-1` shows `"total":0` or leaves it out.
    """

    escape_slashes: bool = True
    escape_unicode: bool = False
    total_without_count: bool = True

    def json(self, value: Json) -> bytes:
        """Write an answer."""
        return body(value, escape_slashes=self.escape_slashes, escape_unicode=self.escape_unicode)


def times(
    zone: Zone, *, start: float, finish: float, processing: float, operating: Operating | None
) -> dict[str, Json]:
    """The `time` object; `operating` is absent for `batch` itself, which is not metered."""
    shown: dict[str, Json] = {
        "start": start,
        "finish": finish,
        "duration": finish - start,
        "processing": processing,
        "date_start": zone.moment(start),
        "date_finish": zone.moment(finish),
    }
    if operating is not None:
        shown["operating_reset_at"] = operating.reset_at or int(finish) + 600
        shown["operating"] = operating.seconds or 0
    return shown


def success(answer: Answer, time: dict[str, Json], wire: Wire) -> dict[str, Json]:
    """The envelope of a result."""
    shown: dict[str, Json] = {"result": answer.result}
    if answer.next is not None:
        shown["next"] = answer.next
    uncounted = answer.work.kind == "page" and answer.work.counted is None
    if answer.total is not None and (wire.total_without_count or not uncounted):
        shown["total"] = answer.total
    return shown | {"time": time}


def failure(error: RestError) -> dict[str, Json]:
    """The envelope of an error; the key `error` is what makes it one."""
    return {"error": error.code, "error_description": error.description}


def failure_v3(code: str, message: str) -> dict[str, Json]:
    """The envelope of an error of the third version of the API."""
    return {"error": {"code": f"BITRIX_REST_V3_EXCEPTION_{code}", "message": message}}


def xml(value: dict[str, Json]) -> bytes:
    """The same tree as elements under `<response>`, list members as `<item>`."""
    root = ET.Element("response")
    _fill(root, orjson.loads(body(value)))
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _fill(parent: ET.Element, value: Json) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            _fill(ET.SubElement(parent, key), each)
        return
    if isinstance(value, list):
        for each in value:
            _fill(ET.SubElement(parent, "item"), each)
        return
    if value is not None:
        parent.text = str(int(value)) if isinstance(value, bool) else str(value)
