"""The kinds of CRM records and their codes in every corner of the API.

https://apidocs.bitrix24.com/api-reference/crm/data-types.html
"""

from __future__ import annotations

from bridge24.emulator.table import Kind

LEAD = Kind("lead", 1, "CRM_LEAD", stage="STATUS_ID", owner_type="L")
DEAL = Kind("deal", 2, "CRM_DEAL", stage="STAGE_ID", owner_type="D")
CONTACT = Kind("contact", 3, "CRM_CONTACT", owner_type="C")
COMPANY = Kind("company", 4, "CRM_COMPANY", owner_type="CO")
QUOTE = Kind("quote", 7, "CRM_QUOTE", stage="STATUS_ID", owner_type="Q")

ACTIVITY = Kind(
    "activity",
    6,
    created="CREATED",
    modified="LAST_UPDATED",
    created_by="AUTHOR_ID",
    modified_by="EDITOR_ID",
)
REQUISITE = Kind("requisite", 8, "CRM_REQUISITE")
BANK_DETAIL = Kind("bankdetail", 0)
TASK = Kind(
    "task",
    0,
    "TASKS_TASK",
    created="CREATED_DATE",
    modified="CHANGED_DATE",
    created_by="CREATED_BY",
    modified_by="CHANGED_BY",
)
CALL = Kind("call", 0)

CLASSIC = (LEAD, DEAL, CONTACT, COMPANY, QUOTE)


def smart(entity_type_id: int, *, type_id: int) -> Kind:
    """The kind of a smart process, or of smart invoices (31, which has no type id)."""
    invoice = entity_type_id == 31
    return Kind(
        name="invoice" if invoice else f"dynamic_{entity_type_id}",
        type_id=entity_type_id,
        uf_entity="CRM_SMART_INVOICE" if invoice else f"CRM_{type_id}",
        stage="STAGE_ID",
        created="CREATED_TIME",
        modified="UPDATED_TIME",
        created_by="CREATED_BY",
        modified_by="UPDATED_BY",
        moved_by="MOVED_BY",
        owner_type="SI" if invoice else f"T{entity_type_id:x}",
    )
