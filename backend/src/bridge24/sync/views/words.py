"""Words of ours in both languages: for codes the portal has no dictionary of."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Language = Literal["ru", "en"]

_FIXED: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "yes_no": {"Y": ("да", "yes"), "N": ("нет", "no")},
        # https://apidocs.bitrix24.com/api-reference/crm/status/crm-status-fields.html
        "semantics": {
            "P": ("в работе", "in progress"),
            "S": ("успех", "won"),
            "F": ("провал", "lost"),
        },
        # https://apidocs.bitrix24.com/api-reference/crm/data-types.html#object_type
        "owner_type": {
            "1": ("лид", "lead"),
            "2": ("сделка", "deal"),
            "3": ("контакт", "contact"),
            "4": ("компания", "company"),
            "7": ("предложение", "quote"),
            "31": ("счёт", "invoice"),
        },
        # https://apidocs.bitrix24.com/api-reference/crm/auxiliary/enum/index.html
        "activity_type": {
            "1": ("встреча", "meeting"),
            "2": ("звонок", "call"),
            "3": ("задача", "task"),
            "4": ("письмо", "e-mail"),
            "5": ("действие", "activity"),
            "6": ("действие пользователя", "user activity"),
        },
        "activity_direction": {"1": ("входящее", "incoming"), "2": ("исходящее", "outgoing")},
        "activity_status": {
            "1": ("ожидается", "waiting"),
            "2": ("завершено", "completed"),
            "3": ("завершено автоматически", "completed automatically"),
        },
        "activity_priority": {
            "1": ("низкий", "low"),
            "2": ("средний", "normal"),
            "3": ("высокий", "high"),
        },
        # https://apidocs.bitrix24.com/api-reference/telephony/voximplant/statistic/voximplant-statistic-get.html
        "call_type": {
            "1": ("исходящий", "outgoing"),
            "2": ("входящий", "incoming"),
            "3": ("входящий с переадресацией", "incoming, redirected"),
            "4": ("обратный звонок", "callback"),
            "5": ("информационный", "informational"),
        },
        "multifield_type": {
            "PHONE": ("телефон", "phone"),
            "EMAIL": ("почта", "e-mail"),
            "WEB": ("сайт", "website"),
            "IM": ("мессенджер", "messenger"),
            "LINK": ("ссылка", "link"),
        },
    }
)

IN_WORDS: Mapping[Language, str] = MappingProxyType({"ru": "словами", "en": "in words"})
VIEW_COMMENT: Mapping[Language, str] = MappingProxyType(
    {
        "ru": "Bridge24: {table} без удалённых строк, с названиями рядом с кодами",
        "en": "Bridge24: {table} without deleted rows, with words beside the codes",
    }
)
SERVICE_COMMENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"_synced_at": ("Когда прочитано с портала, UTC", "When it was read from the portal, UTC")}
)


def fixed(kind: str, language: Language) -> dict[str, str]:
    """List the words of a kind of code: code → word."""
    return {code: in_language(both, language) for code, both in _FIXED[kind].items()}


def in_language(both: tuple[str, str], language: Language) -> str:
    """Choose from (Russian, English)."""
    return both[0] if language == "ru" else both[1]
