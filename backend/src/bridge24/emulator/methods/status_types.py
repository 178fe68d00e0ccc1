"""The rows of `crm.status.entity.types`: plain dictionaries, and one for every funnel."""

from __future__ import annotations

from bridge24.emulator.portal import Portal
from bridge24.emulator.seeding.dictionaries import SIMPLE, Funnel
from bridge24.emulator.seeding.smart import INVOICE_TYPE
from bridge24.emulator.store import Row

NAMES = {
    "SOURCE": "Источники",
    "CONTACT_TYPE": "Тип контакта",
    "COMPANY_TYPE": "Тип компании",
    "EMPLOYEES": "Количество сотрудников",
    "INDUSTRY": "Сфера деятельности",
    "DEAL_TYPE": "Тип сделки",
    "HONORIFIC": "Обращения",
    "EVENT_TYPE": "Тип события",
    "CALL_LIST": "Статусы обзвона",
}
ENDS = {1: ("NEW", "CONVERTED", "JUNK"), 7: ("DRAFT", "APPROVED", "DECLAINED")}


def rows(portal: Portal) -> list[Row]:
    """Every dictionary of a portal."""
    found = [_plain(1, "STATUS", "Стадии лидов"), _plain(7, "QUOTE_STATUS", "Стадии предложений")]
    found += [{"ID": code, "NAME": NAMES[code]} for code in SIMPLE]
    found += [_deal(funnel) for funnel in portal.funnels[2]]
    found += [_smart(INVOICE_TYPE, "Стадии счёта", each) for each in portal.funnels[INVOICE_TYPE]]
    for row in portal.types:
        type_id = row["entityTypeId"]
        for funnel in portal.funnels[type_id]:
            shown = _smart(type_id, f"{row['title']} ({funnel.name})", funnel)
            shown |= {"CATEGORY_NAME": funnel.name, "CATEGORY_SORT": funnel.sort}
            found.append(shown | {"IS_DEFAULT_CATEGORY": funnel.default})
    return found


def _semantic(prefix: str, start: str, success: str, failure: str) -> Row:
    return {
        "START_FIELD": prefix + start,
        "FINAL_SUCCESS_FIELD": prefix + success,
        "FINAL_UNSUCCESS_FIELD": prefix + failure,
        "FINAL_SORT": 0,
    }


def _plain(type_id: int, code: str, name: str) -> Row:
    semantic = _semantic("", *ENDS[type_id])
    return {"ID": code, "NAME": name, "SEMANTIC_INFO": semantic, "ENTITY_TYPE_ID": type_id}


def _deal(funnel: Funnel) -> Row:
    name = f"Стадии сделки: {funnel.name}"
    if funnel.id == 0:
        return {
            "ID": funnel.entity_id,
            "NAME": name,
            "SEMANTIC_INFO": _semantic("", "NEW", "WON", "LOSE"),
            "FIELD_ATTRIBUTE_SCOPE": "",
            "ENTITY_TYPE_ID": 2,
            "CATEGORY_ID": 0,
        }
    return {
        "ID": funnel.entity_id,
        "NAME": name,
        "PARENT_ID": "DEAL_STAGE",
        "SEMANTIC_INFO": _semantic(f"C{funnel.id}:", "NEW", "WON", "LOSE"),
        "PREFIX": f"C{funnel.id}",
        "FIELD_ATTRIBUTE_SCOPE": f"category_{funnel.id}",
        "ENTITY_TYPE_ID": 2,
        "CATEGORY_ID": str(funnel.id),
    }


def _smart(type_id: int, name: str, funnel: Funnel) -> Row:
    return {
        "ID": funnel.entity_id,
        "NAME": name,
        "SEMANTIC_INFO": [],
        "PREFIX": f"DT{type_id}_{funnel.id}",
        "FIELD_ATTRIBUTE_SCOPE": f"category_{funnel.id}",
        "ENTITY_TYPE_ID": type_id,
        "IS_ENABLED": True,
        "CATEGORY_ID": funnel.id,
    }
