"""Which columns lead to which tables, by the names Bitrix24 gives them; pure.

Foreign keys are not declared in a mirror: a deal may arrive before its company.
https://apidocs.bitrix24.com/api-reference/crm/data-types.html
"""

import re
from collections.abc import Collection, Iterable

from bridge24.charts.knowledge.facts import Reference, Table

_PEOPLE = re.compile(
    r"^(assigned_by(_id)?|created_by(_id)?|modify_by(_id)?|modified_by(_id)?|updated_by|moved_by(_id)?"
    r"|responsible_id|author_id|editor_id|changed_by|closed_by|user_id|portal_user_id|uf_head"
    r"|last_activity_by)$"
)
_BY_NAME = {
    "company_id": ("crm_companies", "id"),
    "contact_id": ("crm_contacts", "id"),
    "deal_id": ("crm_deals", "id"),
    "lead_id": ("crm_leads", "id"),
    "quote_id": ("crm_quotes", "id"),
    "product_id": ("crm_products", "id"),
    "my_company_id": ("crm_companies", "id"),
    "mycompany_id": ("crm_companies", "id"),
    "requisite_id": ("crm_requisites", "id"),
    "currency_id": ("crm_currencies", "currency"),
    "department_id": ("crm_departments", "id"),
    "parent": ("crm_departments", "id"),
}
_PARENTS = {1: "crm_leads", 2: "crm_deals", 3: "crm_contacts", 4: "crm_companies", 7: "crm_quotes"}
# What belongs to one kind of record only: ``crm_deal_product_rows``, ``crm_deal_stage_history``.
_PARTS_OF = re.compile(r"(crm_\w+?)_(product_rows|stage_history)")
_OWNERS = {
    "crm_deal": "crm_deals",
    "crm_lead": "crm_leads",
    "crm_quote": "crm_quotes",
    "crm_smart_invoice": "crm_smart_invoices",
}
_STATUSES = "crm_statuses"
# Column → the list in crm_statuses that its codes come from.
_LISTS = {
    "source_id": "SOURCE",
    "status_id": "STATUS",
    "industry": "INDUSTRY",
    "employees": "EMPLOYEES",
    "company_type": "COMPANY_TYPE",
    "honorific": "HONORIFIC",
}
_TYPE_LISTS = {"crm_deals": "DEAL_TYPE", "crm_contacts": "CONTACT_TYPE"}


def reference_of(table: str, column: str, known: Collection[str]) -> Reference | None:
    """Say where a column leads; None when nowhere, or to a table that is not there."""
    found = _reference(table, column)
    return found if found is not None and found.table in known else None


def _reference(table: str, column: str) -> Reference | None:
    if column == "owner_id" and table.endswith("_multifields"):
        return Reference(table.removesuffix("_multifields"), "id")
    part = _PARTS_OF.fullmatch(table.removeprefix("v_"))
    if column == "owner_id" and part:
        return Reference(_OWNERS.get(part[1], part[1]), "id")
    if _PEOPLE.match(column):
        return Reference("crm_users", "id")
    if column in _BY_NAME:
        return Reference(*_BY_NAME[column])
    parent = re.fullmatch(r"parent_id_?(\d+)", column)
    if parent:
        number = int(parent[1])
        return Reference(_PARENTS.get(number, f"crm_dynamic_{number}"), "id")
    return _of_list(table, column)


def _of_list(table: str, column: str) -> Reference | None:
    base = table.removeprefix("v_")
    if column == "category_id" and base in ("crm_deals", "crm_deal_stage_history"):
        return Reference("crm_deal_funnels", "id")
    if column == "stage_id" and base in ("crm_deals", "crm_deal_stage_history"):
        # The general funnel's stages stand in DEAL_STAGE, those of funnel 7 in DEAL_STAGE_7.
        return Reference(_STATUSES, "status_id", "{}.entity_id LIKE 'DEAL_STAGE%'")
    entity = _TYPE_LISTS.get(base) if column == "type_id" else _LISTS.get(column)
    if column == "status_id" and base != "crm_leads":
        entity = "QUOTE_STATUS" if base == "crm_quotes" else None
    return Reference(_STATUSES, "status_id", f"{{}}.entity_id = '{entity}'") if entity else None


def refer(tables: Iterable[Table]) -> None:
    """Note on every column where it leads."""
    listed = list(tables)
    known = {table.name for table in listed}
    for table in listed:
        for column in table.columns:
            column.reference = reference_of(table.name, column.name, known)
