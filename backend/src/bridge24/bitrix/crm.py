"""The catalogue of CRM objects: how each is listed, read, named and told of.

Bitrix24 has no two families of methods alike; every difference a reader must know
stands here. Lists: https://apidocs.bitrix24.com/settings/how-to-call-rest-api/list-methods-pecularities.html
"""

from collections.abc import Mapping
from types import MappingProxyType

from bridge24.bitrix import entity, parts

Entity = entity.Entity
PRODUCT_ROW = parts.PRODUCT_ROW
TIMELINE_COMMENT = parts.TIMELINE_COMMENT
REQUISITE_LINK = parts.REQUISITE_LINK
ADDRESS = parts.ADDRESS
PRODUCT = parts.PRODUCT
PRODUCT_SECTION = parts.PRODUCT_SECTION
DEAL_CONTACT = parts.DEAL_CONTACT
CONTACT_COMPANY = parts.CONTACT_COMPANY

_ALL = ("*", "UF_*")
_MULTIFIELDS = ("PHONE", "EMAIL", "WEB", "IM", "LINK")  # no mask covers them


def _classic(name: str, *, entity_type_id: int, select: tuple[str, ...] = _ALL) -> Entity:
    """An object of the five old families, e.g. ``crm.deal.*``."""
    return Entity(
        name=name,
        list_method=f"crm.{name}.list",
        get_method=f"crm.{name}.get",
        fields_method=f"crm.{name}.fields",
        userfields_method=f"crm.{name}.userfield.list",
        userfield_entity=f"CRM_{name.upper()}",
        modified_field="DATE_MODIFY",
        modified_filter="DATE_MODIFY",
        select=select,
        entity_type_id=entity_type_id,
        event_prefix=f"ONCRM{name.upper()}",
    )


LEAD = _classic("lead", entity_type_id=1, select=_ALL + _MULTIFIELDS)
DEAL = _classic("deal", entity_type_id=2)
CONTACT = _classic("contact", entity_type_id=3, select=_ALL + _MULTIFIELDS)
COMPANY = _classic("company", entity_type_id=4, select=_ALL + _MULTIFIELDS)
QUOTE = _classic("quote", entity_type_id=7)


def item(name: str, *, entity_type_id: int, userfield_entity: str, title: str = "") -> Entity:
    """An object read through ``crm.item.*``.

    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-list.html
    """
    return Entity(
        name=name,
        title=title,
        list_method="crm.item.list",
        get_method="crm.item.get",
        fields_method="crm.item.fields",
        id_field="id",
        id_filter="id",
        modified_field="updatedTime",
        modified_filter="updatedTime",
        result_path=("items",),
        get_path=("item",),
        select=("*",),
        item_params={"entityTypeId": entity_type_id},
        userfield_entity=userfield_entity,
        entity_type_id=entity_type_id,
        event_prefix="ONCRMDYNAMICITEM",
    )


SMART_INVOICE = item("smart_invoice", entity_type_id=31, userfield_entity="CRM_SMART_INVOICE")


def smart_process(type_row: Mapping[str, object]) -> Entity:
    """Make the object of a smart process from its row of ``crm.type.list``.

    Custom fields go by the type's own id, everything else by ``entityTypeId``.

    >>> smart_process({"id": 37, "entityTypeId": 1256, "title": "Rent"}).userfield_entity
    'CRM_37'
    """
    entity_type_id = int(str(type_row["entityTypeId"]))
    return item(
        f"dynamic_{entity_type_id}",
        entity_type_id=entity_type_id,
        userfield_entity=f"CRM_{type_row['id']}",
        title=str(type_row.get("title") or ""),
    )


SMART_PROCESS_TYPE = Entity(
    name="smart_process_type",
    list_method="crm.type.list",
    get_method="crm.type.get",
    fields_method="crm.type.fields",
    id_field="id",
    id_filter="id",  # `ID` is answered by error 100
    modified_field="updatedTime",
    modified_filter="updatedTime",
    result_path=("types",),
    get_path=("type",),
    event_prefix="ONCRMTYPE",
)


def funnels(entity_type_id: int) -> Entity:
    """The funnels of one object type; ``start`` is ignored, all come at once."""
    return Entity(
        name=f"funnel_{entity_type_id}",
        list_method="crm.category.list",
        get_method="crm.category.get",
        fields_method="crm.category.fields",
        id_field="id",
        id_filter="id",
        result_path=("categories",),
        get_path=("category",),
        paging="single",
        item_params={"entityTypeId": entity_type_id},
        entity_type_id=entity_type_id,
    )


def stage_history(entity_type_id: int) -> Entity:
    """The stage changes of leads (1), deals (2), invoices (31) or a smart process.

    Rows are only ever added: ``>ID`` finds the new ones.
    """
    return Entity(
        name=f"stage_history_{entity_type_id}",
        list_method="crm.stagehistory.list",
        result_path=("items",),
        modified_field="CREATED_TIME",
        modified_filter="CREATED_TIME",
        item_params={"entityTypeId": entity_type_id},
        entity_type_id=entity_type_id,
    )


DEAL_FUNNEL = funnels(2)
LEAD_STAGE_HISTORY = stage_history(1)
DEAL_STAGE_HISTORY = stage_history(2)
SMART_INVOICE_STAGE_HISTORY = stage_history(31)

STATUS = Entity(
    name="status",
    list_method="crm.status.list",
    get_method="crm.status.get",
    fields_method="crm.status.fields",
    paging="single",
)
CURRENCY = Entity(
    name="currency",
    list_method="crm.currency.list",
    get_method="crm.currency.get",
    fields_method="crm.currency.fields",
    id_field="CURRENCY",
    id_filter="CURRENCY",
    modified_field="DATE_UPDATE",
    paging="single",
    filter_name="",
    event_prefix="ONCRMCURRENCY",
)
ACTIVITY = Entity(
    name="activity",
    list_method="crm.activity.list",
    get_method="crm.activity.get",
    fields_method="crm.activity.fields",
    modified_field="LAST_UPDATED",
    modified_filter="LAST_UPDATED",
    select=("*", "COMMUNICATIONS", "FILES"),
    event_prefix="ONCRMACTIVITY",
)
REQUISITE = Entity(
    name="requisite",
    list_method="crm.requisite.list",
    get_method="crm.requisite.get",
    fields_method="crm.requisite.fields",
    userfields_method="crm.requisite.userfield.list",
    userfield_entity="CRM_REQUISITE",
    modified_field="DATE_MODIFY",
    modified_filter="DATE_MODIFY",
    select=_ALL,
    event_prefix="ONCRMREQUISITE",
)
BANK_DETAIL = Entity(
    name="bank_detail",
    list_method="crm.requisite.bankdetail.list",
    get_method="crm.requisite.bankdetail.get",
    fields_method="crm.requisite.bankdetail.fields",
    modified_field="DATE_MODIFY",
    modified_filter="DATE_MODIFY",
    select=("*",),
    event_prefix="ONCRMBANKDETAIL",
)
RECURRING_DEAL = Entity(
    name="recurring_deal",
    list_method="crm.deal.recurring.list",
    get_method="crm.deal.recurring.get",
    fields_method="crm.deal.recurring.fields",
    event_prefix="ONCRMDEALRECURRING",
)
USER = Entity(
    name="user",
    list_method="user.get",
    scope="user",
    get_method="user.get",
    get_id="ID",
    fields_method="user.fields",
    userfields_method="user.userfield.list",
    userfield_entity="USER",
    filter_name="FILTER",
    sort_names=("sort", "order"),
    extra_params={"ADMIN_MODE": True},
)
DEPARTMENT = Entity(
    name="department",
    list_method="department.get",
    scope="department",
    get_method="department.get",
    get_id="ID",
    fields_method="department.fields",
    paging="offset",
    filter_name="",
    sort_names=("sort", "order"),
    start_name="START",
)
TASK = Entity(
    name="task",
    list_method="tasks.task.list",
    scope="task",
    id_field="id",
    modified_field="changedDate",
    modified_filter="CHANGED_DATE",
    result_path=("tasks",),
    select=_ALL,
    get_method="tasks.task.get",
    get_path=("task",),
    get_id="taskId",
    fields_method="tasks.task.getFields",
    userfields_method="task.item.userfield.getlist",
    userfield_entity="TASKS_TASK",
    event_prefix="ONTASK",
)
CALL = Entity(
    name="call",
    list_method="voximplant.statistic.get",
    scope="telephony",
    # Rows are completed later without a sign of it: read the last days again.
    modified_field="CALL_START_DATE",
    modified_filter="CALL_START_DATE",
    filter_name="FILTER",
    sort_names=("SORT", "ORDER"),
)

_TABLES = (LEAD, DEAL, CONTACT, COMPANY, QUOTE, SMART_INVOICE, ACTIVITY, TASK, CALL)
_DICTIONARIES = (STATUS, DEAL_FUNNEL, CURRENCY, SMART_PROCESS_TYPE, USER, DEPARTMENT)
_HISTORIES = (LEAD_STAGE_HISTORY, DEAL_STAGE_HISTORY, SMART_INVOICE_STAGE_HISTORY)
_EVERY = (
    *_TABLES,
    *_DICTIONARIES,
    *_HISTORIES,
    REQUISITE,
    BANK_DETAIL,
    RECURRING_DEAL,
    *parts.EVERY,
)
CATALOGUE: Mapping[str, Entity] = MappingProxyType({each.name: each for each in _EVERY})
"""Every object known beforehand, by name; smart processes come at run time."""
