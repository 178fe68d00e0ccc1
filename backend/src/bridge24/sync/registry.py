"""Every object that is mirrored, one line each: how it is read, its key, its title."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bridge24.bitrix import crm
from bridge24.sync.objects import sources


class Strategy(StrEnum):
    """How a table is made equal to the portal."""

    KEYSET = "keyset"
    """Walked by id; changes by modification time, in one call when there are none."""
    COPY = "full copy"
    """Read whole on every pass: nothing tells what changed, and it is short."""
    CHILDREN = "child set"
    """Asked for owner by owner; only owners that changed are asked again."""
    PARTS = "parts"
    """Walked by id catalogue by catalogue; changes by modification time."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """One object and its table."""

    entity: crm.Entity
    strategy: Strategy
    title: str
    """The table's comment, in Russian and English; a smart process has the portal's word."""
    key: tuple[str, ...] = ("id",)
    """The columns that name a row in the portal; where it is not ``id``, that holds them too."""
    follows: str = ""
    """The object whose modification time tells of changes, where it is another one's."""
    told_by: str = "updatedTime"
    """The field of that object's records which tells."""

    @property
    def name(self) -> str:
        """The object as commands and paths name it."""
        return self.entity.name

    @property
    def cursor(self) -> str:
        """The field by which changes are found; empty where all is read each time."""
        return self.told_by if self.follows else self.entity.modified_field or ""

    @property
    def on_request(self) -> bool:
        """Whether it is only copied once somebody has switched it on: it costs much."""
        return on_request(self.name)


def on_request(name: str) -> bool:
    """Say the same of an object by its name."""
    return name.endswith(sources.COMMENTS)


def _named(entity: crm.Entity, name: str) -> crm.Entity:
    return replace(entity, name=name)


def _rows(owners: crm.Entity, title: str) -> Mirrored:
    rows = sources.product_rows(owners)
    return Mirrored(rows, Strategy.CHILDREN, title, follows=owners.name)


def _comments(owners: crm.Entity, title: str) -> Mirrored:
    comments = sources.comments(owners)
    return Mirrored(comments, Strategy.CHILDREN, title, follows=owners.name, told_by=sources.ACTIVE)


_K, _C, _S, _P = Strategy.KEYSET, Strategy.COPY, Strategy.CHILDREN, Strategy.PARTS
_LEAD_HISTORY = _named(crm.LEAD_STAGE_HISTORY, "lead_stage_history")
_DEAL_HISTORY = _named(crm.DEAL_STAGE_HISTORY, "deal_stage_history")
_INVOICE_HISTORY = _named(crm.SMART_INVOICE_STAGE_HISTORY, "smart_invoice_stage_history")
_INVOICE_FUNNEL = _named(crm.funnels(31), "smart_invoice_funnel")

# fmt: off
_LINES = (
    Mirrored(crm.DEAL, _K, "Сделки / Deals"),
    Mirrored(crm.CONTACT, _K, "Контакты / Contacts"),
    Mirrored(crm.LEAD, _K, "Лиды / Leads"),
    Mirrored(crm.COMPANY, _K, "Компании / Companies"),
    Mirrored(crm.QUOTE, _K, "Предложения / Quotes"),
    Mirrored(crm.SMART_INVOICE, _K, "Счета / Invoices"),
    Mirrored(crm.ACTIVITY, _K, "Дела / Activities"),
    Mirrored(_DEAL_HISTORY, _K, "История стадий сделок / Stage history of deals"),
    Mirrored(_LEAD_HISTORY, _K, "История стадий лидов / Stage history of leads"),
    Mirrored(_INVOICE_HISTORY, _K, "История стадий счетов / Stage history of invoices"),
    Mirrored(crm.REQUISITE, _K, "Реквизиты / Requisites"),
    Mirrored(crm.BANK_DETAIL, _K, "Банковские реквизиты / Bank details"),
    Mirrored(crm.STATUS, _C, "Справочники и стадии / Statuses and stages"),
    Mirrored(_named(crm.DEAL_FUNNEL, "deal_funnel"), _C, "Воронки сделок / Deal funnels"),
    Mirrored(_INVOICE_FUNNEL, _C, "Воронки счетов / Invoice funnels"),
    Mirrored(crm.SMART_PROCESS_TYPE, _K, "Смарт-процессы / Smart process types"),
    Mirrored(crm.USER, _C, "Сотрудники / Employees"),
    Mirrored(crm.DEPARTMENT, _C, "Подразделения / Departments"),
    Mirrored(crm.TASK, _K, "Задачи / Tasks"),
    Mirrored(crm.CALL, _K, "Звонки / Calls"),
    _rows(crm.DEAL, "Товары в сделках / Product rows of deals"),
    _rows(crm.LEAD, "Товары в лидах / Product rows of leads"),
    _rows(crm.QUOTE, "Товары в предложениях / Product rows of quotes"),
    _rows(crm.SMART_INVOICE, "Товары в счетах / Product rows of invoices"),
    _comments(crm.DEAL, "Комментарии к сделкам / Comments on deals"),
    _comments(crm.LEAD, "Комментарии к лидам / Comments on leads"),
    _comments(crm.CONTACT, "Комментарии к контактам / Comments on contacts"),
    _comments(crm.COMPANY, "Комментарии к компаниям / Comments on companies"),
    Mirrored(sources.DEAL_CONTACT, _S, "Контакты сделок / Contacts of deals",
             ("deal_id", "contact_id"), follows="deal"),
    Mirrored(sources.CONTACT_COMPANY, _S, "Компании контактов / Companies of contacts",
             ("contact_id", "company_id"), follows="contact"),
    Mirrored(sources.ADDRESS, _C, "Адреса / Addresses",
             ("entity_type_id", "entity_id", "type_id")),
    Mirrored(sources.REQUISITE_LINK, _C, "Реквизиты в документах / Requisites in documents",
             ("entity_type_id", "entity_id")),
    Mirrored(sources.CURRENCY, _C, "Валюты / Currencies", ("currency",)),
    Mirrored(sources.FIELD_OPTION, _C, "Варианты списков / Options of list fields"),
    Mirrored(crm.PRODUCT, _P, "Товары / Products"),
    Mirrored(crm.PRODUCT_SECTION, _C, "Разделы товаров / Product sections"),
)
# fmt: on

REGISTRY: Mapping[str, Mirrored] = {line.name: line for line in _LINES}
"""The objects every portal has, by name."""


def of_smart_process(
    type_row: Mapping[str, object],
) -> tuple[Mirrored, Mirrored, Mirrored, Mirrored, Mirrored]:
    """Name what a smart process can have: items, funnels, history, product rows, comments."""
    items = crm.smart_process(type_row)
    number = items.entity_type_id or 0
    funnels = _named(crm.funnels(number), f"{items.name}_funnel")
    history = _named(crm.stage_history(number), f"{items.name}_stage_history")
    return (
        Mirrored(items, Strategy.KEYSET, items.title),
        Mirrored(funnels, Strategy.COPY, f"{items.title}: воронки / funnels"),
        Mirrored(history, Strategy.KEYSET, f"{items.title}: история стадий / stage history"),
        _rows(items, f"{items.title}: товары / product rows"),
        _comments(items, f"{items.title}: комментарии / comments"),
    )
