"""What becomes of the fields somebody sends: wire form, defaults, consequences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bridge24.emulator.calls import Json, as_list, as_map
from bridge24.emulator.rendering import MULTIFIELDS, WHOLE
from bridge24.emulator.schema import Field
from bridge24.emulator.seeding.dictionaries import Funnel, Stage
from bridge24.emulator.store import Row
from bridge24.emulator.table import Table
from bridge24.emulator.views import empty

if TYPE_CHECKING:
    from bridge24.emulator.portal import Portal

NOTHING: tuple[Json, ...] = (None, "", "0", 0, False, [])
FILE_IDS = 100_000


def clean(
    portal: Portal, table: Table, fields: Mapping[str, Json], *, before: Row | None = None
) -> Row:
    """Bring sent values into the classic wire form; unknown fields fall away silently."""
    cleaned: Row = {}
    for sent, value in fields.items():
        code = sent if sent in table.schema else sent.upper()
        field = table.schema.get(code)
        if field is None:
            continue
        if field.type == "crm_multifield":
            old = (before or {}).get(code) or []
            cleaned[code] = _multifield(portal, code, old=old, sent=value)
            continue
        cleaned[code] = wire(portal, field, value)
    return cleaned


def wire(portal: Portal, field: Field, value: Json) -> Json:
    """One value in the classic wire form."""
    if field.multiple:
        return [_single(portal, field, each) for each in as_list(value) if each not in ("", None)]
    return _single(portal, field, value)


def _single(portal: Portal, field: Field, value: Json) -> Json:
    if field.type == "file":
        return _file(portal, value)
    if value is None or value == "":
        return empty(field) if value is None or field.type in {"date", "datetime"} else ""
    if field.type in {"char", "boolean"}:
        yes = value in ("Y", "y", "1", 1, True, "true")
        return ("1" if yes else "0") if field.custom else ("Y" if yes else "N")
    if field.type in {"date", "datetime"}:
        return _moment(portal, field, value)
    return _scalar(field, value)


def _moment(portal: Portal, field: Field, value: Json) -> Json:
    zone = portal.zone
    if field.type == "datetime":
        seconds = zone.read(value)
        return value if seconds is None else zone.moment(seconds)
    day = zone.read_day(value)
    return value if day is None else zone.day(day)


def _scalar(field: Field, value: Json) -> Json:
    if field.type == "double" and not field.custom:
        try:
            return f"{float(value):.2f}"
        except (TypeError, ValueError):
            return "0.00"
    if field.multiple and field.type in WHOLE and str(value).lstrip("-").isdecimal():
        return int(value)
    return value if isinstance(value, str) else str(value)


def _file(portal: Portal, value: Json) -> Json:
    """Keep a file as its id: an existing one, or a new one for sent contents."""
    sent = as_map(value)
    if sent.get("id"):
        return int(sent["id"])
    return FILE_IDS + next(portal.numbers) if value else None


def _multifield(portal: Portal, code: str, *, old: list[Row], sent: Json) -> list[Row]:
    """Merge sent phones or e-mails: by ID change or remove, without ID add.

    https://apidocs.bitrix24.com/api-reference/crm/data-types.html
    """
    kept = {entry["ID"]: entry for entry in old}
    for entry in as_list(sent):
        values = as_map(entry)
        number = str(values.get("ID") or "")
        if number and (values.get("DELETE") == "Y" or values.get("VALUE") == ""):
            kept.pop(number, None)
            continue
        if not values.get("VALUE"):
            continue
        number = number or str(next(portal.numbers))
        base = kept.get(number, {"ID": number, "VALUE_TYPE": "WORK"})
        news = {key: str(values[key]) for key in ("VALUE_TYPE", "VALUE") if key in values}
        kept[number] = base | news | {"TYPE_ID": code}
    return list(kept.values())


def same(field: Field | None, old: Json, new: Json) -> bool:
    """Whether two spellings of a value mean the same; all emptiness is one."""
    if field is not None and field.type == "boolean":
        return (old in NOTHING) == (new in NOTHING)
    if field is not None and field.type in {"double", "money"} and old and new:
        return bool(_number(old) == _number(new))
    numbers = field is not None and field.type in {"integer", "double"}
    if not numbers and old in (None, "", False, []) and new in (None, "", False, []):
        return True
    return bool(old == new or (not numbers and old in NOTHING and new in NOTHING))


def _number(text: Json) -> Json:
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def fresh(portal: Portal, table: Table, fields: Row, *, user_id: int) -> Row:
    """A whole new row: defaults, what was sent, service fields."""
    kind, now, by = table.kind, portal.now_text(), str(user_id)
    row = {each.code: empty(each) for each in table.schema if each.code[0] != "@"}
    row |= {code: value for code, value in DEFAULTS.items() if code in row}
    sent = clean(portal, table, fields)
    service = {
        "ASSIGNED_BY_ID": by,
        kind.created: now,
        kind.modified: now,
        kind.created_by: by,
        kind.modified_by: by,
        kind.moved_by: by,
        "MOVED_TIME": now,
        "LAST_ACTIVITY_TIME": now,
        "LAST_ACTIVITY_BY": by,
    }
    row |= {code: value for code, value in service.items() if code in table.schema}
    if "CURRENCY_ID" in row:
        row["CURRENCY_ID"] = portal.base_currency
    row |= sent
    row |= _placed(portal, table, row)
    row |= _contact_links(row, sent)
    return row | _flags(row)


def possible(portal: Portal, table: Table, before: Row, sent: Row) -> Row:
    """Leave out a stage the funnel does not have: the record stays where it is."""
    stage = table.kind.stage
    if stage not in sent:
        return sent
    category = sent.get("CATEGORY_ID", before.get("CATEGORY_ID"))
    funnel = portal.funnel(table.kind.type_id, category)
    if any(each.id == sent[stage] for each in funnel.stages):
        return sent
    return {code: value for code, value in sent.items() if code != stage}


def consequences(portal: Portal, table: Table, before: Row, changed: Row, *, user_id: int) -> Row:
    """What an edit changes besides the edited fields; what was sent explicitly wins."""
    kind, now = table.kind, portal.now_text()
    result: Row = {kind.modified: now, kind.modified_by: str(user_id)}
    after = before | changed
    if "CATEGORY_ID" in changed and kind.stage and kind.stage not in changed:
        result[kind.stage] = portal.funnel(kind.type_id, after["CATEGORY_ID"]).stages[0].id
    if kind.stage in changed or kind.stage in result:
        after |= result
        result |= _placed(portal, table, after)
        result |= {"MOVED_TIME": now, kind.moved_by: str(user_id)}
        if "PREVIOUS_STAGE_ID" in table.schema:
            result["PREVIOUS_STAGE_ID"] = before.get(kind.stage)
        if "DATE_CLOSED" in table.schema:
            final = result["STATUS_SEMANTIC_ID"] != "P"
            result["DATE_CLOSED"] = now if final else ""
    result |= _contact_links(after, changed)
    if changed.keys() & set(MULTIFIELDS):
        result |= _flags(after)
    return result | {code: value for code, value in changed.items() if code != kind.stage}


DEFAULTS: Row = {
    "OPENED": "Y",
    "CLOSED": "N",
    "OPPORTUNITY": "0.00",
    "TAX_VALUE": "0.00",
    "REVENUE": "0",
    "IS_MANUAL_OPPORTUNITY": "N",
    "IS_NEW": "N",
    "IS_RECURRING": "N",
    "IS_RETURN_CUSTOMER": "N",
    "IS_REPEATED_APPROACH": "N",
    "IS_MY_COMPANY": "N",
    "EXPORT": "N",
    "HAS_PHONE": "N",
    "HAS_EMAIL": "N",
    "HAS_IMOL": "N",
    "CATEGORY_ID": "0",
}


def _placed(portal: Portal, table: Table, row: Row) -> Row:
    """Funnel, stage, its semantics, and whether the record is closed."""
    kind = table.kind
    if not kind.stage or kind.stage not in table.schema:
        return {}
    funnel = portal.funnel(kind.type_id, row.get("CATEGORY_ID"))
    stage = _stage(funnel, row.get(kind.stage))
    placed: Row = {kind.stage: stage.id}
    semantic = kind.stage.replace("_ID", "_SEMANTIC_ID")
    if semantic in table.schema:
        placed[semantic] = stage.letter
    if "CATEGORY_ID" in table.schema:
        placed["CATEGORY_ID"] = str(funnel.id)
    if "CLOSED" in table.schema:
        placed["CLOSED"] = "N" if stage.letter == "P" else "Y"
    return placed


def _stage(funnel: Funnel, stage_id: Json) -> Stage:
    """The stage of that id; an unknown one means the first, as on a portal."""
    found = (each for each in funnel.stages if each.id == stage_id)
    return next(found, funnel.stages[0])


def _contact_links(row: Row, sent: Row) -> Row:
    """Keep the primary contact or company and the list of all in step."""
    linked: Row = {}
    for one, many in (("CONTACT_ID", "CONTACT_IDS"), ("COMPANY_ID", "COMPANY_IDS")):
        if many in sent:
            ids = [str(each) for each in sent[many]]
            linked |= {many: ids} | ({one: ids[0] if ids else None} if one in row else {})
        elif one in sent and many in row and not isinstance(sent[one], list):
            first = str(sent[one] or "")
            rest = [each for each in row[many] or [] if str(each) != first]
            linked[many] = [first, *rest] if first not in ("", "0") else []
    return linked


def _flags(row: Row) -> Row:
    """`HAS_PHONE` and its kind follow the multifields."""
    chats = {entry.get("VALUE_TYPE") for entry in row.get("IM") or []}
    flags = {
        "HAS_PHONE": bool(row.get("PHONE")),
        "HAS_EMAIL": bool(row.get("EMAIL")),
        "HAS_IMOL": bool(chats & {"OPENLINE", "IMOL"}),
    }
    return {code: "Y" if flag else "N" for code, flag in flags.items() if code in row}
