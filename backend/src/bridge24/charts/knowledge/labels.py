"""What tables are called in Russian and English where the portal has no name for them; pure."""

import re

_LABELS = {
    "crm_deals": "Сделки, заказы / Deals, orders",
    "crm_leads": "Лиды, заявки / Leads, requests",
    "crm_contacts": "Контакты, люди / Contacts, people",
    "crm_companies": "Компании, организации / Companies, organizations",
    "crm_quotes": "Предложения / Quotes, offers",
    "crm_smart_invoices": "Счета / Invoices",
    "crm_activities": "Дела, встречи, письма / Activities, meetings, e-mails",
    "crm_tasks": "Задачи / Tasks",
    "crm_calls": "Звонки / Calls",
    "crm_users": "Сотрудники, менеджеры / Employees, managers",
    "crm_departments": "Отделы / Departments",
    "crm_statuses": "Справочник стадий, источников, типов / Dictionary of stages, sources, types",
    "crm_deal_funnels": "Воронки сделок / Deal funnels",
    "crm_currencies": "Валюты / Currencies",
    "crm_requisites": "Реквизиты / Requisites",
    "crm_bank_details": "Банковские реквизиты / Bank details",
    "crm_addresses": "Адреса / Addresses",
    "crm_products": "Товары / Products",
    "crm_product_rows": "Товарные позиции сделок / Product rows of deals",
    "crm_deal_stage_history": "История стадий сделок / History of deal stages",
    "crm_lead_stage_history": "История стадий лидов / History of lead stages",
    "crm_smart_invoice_stage_history": "История стадий счетов / History of invoice stages",
    "crm_smart_process_types": "Смарт-процессы / Smart processes",
}
_PARTS = (
    (r"_multifields$", "Телефоны, почта / Phones, e-mails"),
    (r"_history$", "История изменений / History"),
)


def label_of(table: str) -> str:
    """Name a table in both languages; "" when only its own name is known."""
    base = table.removeprefix("v_")
    if base in _LABELS:
        return _LABELS[base]
    for pattern, words in _PARTS:
        owner = re.sub(pattern, "", base)
        if owner != base:
            return f"{words}: {_LABELS.get(owner, owner)}"
    return ""
