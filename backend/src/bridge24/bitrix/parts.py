"""Objects that no single list holds: rows of an owner, links, parts a filter must name."""

from bridge24.bitrix.entity import Entity

PRODUCT_ROW = Entity(
    name="product_row",
    list_method="crm.item.productrow.list",
    get_method="crm.item.productrow.get",
    fields_method="crm.item.productrow.fields",
    id_field="id",
    id_filter="id",
    result_path=("productRows",),
    get_path=("productRow",),
    required_filter=("=ownerType", "=ownerId"),
)
TIMELINE_COMMENT = Entity(
    name="timeline_comment",
    list_method="crm.timeline.comment.list",
    get_method="crm.timeline.comment.get",
    fields_method="crm.timeline.comment.fields",
    required_filter=("ENTITY_ID", "ENTITY_TYPE"),
    event_prefix="ONCRMTIMELINECOMMENT",
)
DEAL_CONTACT = Entity(
    name="deal_contact",
    list_method="crm.deal.contact.items.get",
    fields_method="crm.deal.contact.fields",
    id_field="CONTACT_ID",
    paging="single",
)
"""The contacts of one deal: the parameter ``id`` names it."""
CONTACT_COMPANY = Entity(
    name="contact_company",
    list_method="crm.contact.company.items.get",
    fields_method="crm.contact.company.fields",
    id_field="COMPANY_ID",
    paging="single",
)
"""The companies of one contact: the parameter ``id`` names it."""
REQUISITE_LINK = Entity(
    name="requisite_link",
    list_method="crm.requisite.link.list",
    fields_method="crm.requisite.link.fields",
    id_field="",
    order_by=("ENTITY_TYPE_ID", "ENTITY_ID"),
    paging="offset",
)
ADDRESS = Entity(
    name="address",
    list_method="crm.address.list",
    fields_method="crm.address.fields",
    id_field="",
    order_by=("ENTITY_TYPE_ID", "ENTITY_ID", "TYPE_ID"),
    paging="offset",
)
PRODUCT = Entity(
    name="product",
    list_method="catalog.product.list",
    scope="catalog",
    get_method="catalog.product.get",
    get_path=("product",),
    id_field="id",
    id_filter="id",
    modified_field="timestampX",
    modified_filter="timestampX",
    result_path=("products",),
    select=("id", "iblockId", "*"),
    select_also=("iblockId",),  # without it and the id the method refuses
    required_filter=("iblockId",),
    event_prefix="CATALOG.PRODUCT.ON.",
)
"""https://apidocs.bitrix24.com/api-reference/catalog/product/catalog-product-list.html"""
PRODUCT_SECTION = Entity(
    name="product_section",
    list_method="catalog.section.list",
    scope="catalog",
    get_method="catalog.section.get",
    get_path=("section",),
    id_field="id",
    id_filter="id",
    result_path=("sections",),
    required_filter=("iblockId",),
)
"""https://apidocs.bitrix24.com/api-reference/catalog/section/catalog-section-list.html"""

EVERY = (
    PRODUCT_ROW,
    TIMELINE_COMMENT,
    DEAL_CONTACT,
    CONTACT_COMPANY,
    REQUISITE_LINK,
    ADDRESS,
    PRODUCT,
    PRODUCT_SECTION,
)

_LETTERS = {1: "L", 2: "D", 3: "C", 4: "CO", 5: "I", 7: "Q", 14: "O", 31: "SI", 36: "DO"}


def owner_letters(entity_type_id: int) -> str:
    """Write the short code of an object type: 2 → ``D``, 179 → ``Tb3``.

    https://apidocs.bitrix24.com/api-reference/crm/data-types.html#object_type
    """
    return _LETTERS.get(entity_type_id) or f"T{entity_type_id:x}"
