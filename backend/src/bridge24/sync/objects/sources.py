"""Which objects have a source of their own, and which one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bridge24.bitrix import crm
from bridge24.sync.objects.children import Links, ProductRows
from bridge24.sync.objects.comments import Comments
from bridge24.sync.objects.dictionaries import Currencies, Options
from bridge24.sync.objects.divided import Divided, OfCatalogues
from bridge24.sync.objects.keys import KEY

Source = ProductRows | Links | Comments | Divided | OfCatalogues | Currencies | Options

CURRENCY = replace(
    crm.CURRENCY, id_field=KEY, modified_field=None, modified_filter=None, event_prefix=None
)
REQUISITE_LINK = replace(crm.REQUISITE_LINK, id_field=KEY, paging="single")
ADDRESS = replace(crm.ADDRESS, id_field=KEY, paging="single")
DEAL_CONTACT = replace(crm.DEAL_CONTACT, fields_method=None)
CONTACT_COMPANY = replace(crm.CONTACT_COMPANY, fields_method=None)
FIELD_OPTION = crm.Entity(
    name="field_option", list_method="crm.deal.userfield.list", paging="single"
)

COMMENTS, ACTIVE = "_timeline_comment", "lastActivityTime"
"""How objects of comments end, and what a new comment moves in its owner."""

# https://apidocs.bitrix24.com/api-reference/crm/requisites/addresses/index.html
_ADDRESS_OWNERS = (1, 3, 4, 8)
_ADDRESS_KINDS = (1, 4, 6, 8, 9, 11)
_LINK_OWNERS = (2, 5, 7, 14, 31)


def product_rows(owners: crm.Entity) -> crm.Entity:
    """Make the object of the goods in records of another object."""
    return replace(
        crm.PRODUCT_ROW,
        name=f"{owners.name}_product_row",
        get_method=None,
        entity_type_id=owners.entity_type_id,
    )


def comments(owners: crm.Entity) -> crm.Entity:
    """Make the object of the comments in the timelines of another object's records."""
    return replace(
        crm.TIMELINE_COMMENT,
        name=f"{owners.name}{COMMENTS}",
        get_method=None,
        event_prefix=None,
        entity_type_id=owners.entity_type_id,
    )


def source_of(entity: crm.Entity, *, listed: Sequence[crm.Entity]) -> Source | None:
    """Find the source of an object; None when its own list method is all it takes.

    Args:
        entity: What is to be read.
        listed: Every object there is: some sources read what belongs to others.
    """
    make = _SOURCES.get(entity.list_method)
    return make(entity, listed) if make else None


def has_source(entity: crm.Entity) -> bool:
    """Whether reading an object takes more than its own list method."""
    return entity.list_method in _SOURCES


def _rows(entity: crm.Entity, _listed: Sequence[crm.Entity]) -> Source:
    return ProductRows(entity, _items(entity), "owner_id", ("owner_id", "product_id"))


def _comments(entity: crm.Entity, _listed: Sequence[crm.Entity]) -> Source:
    name, number = entity.name.removesuffix(COMMENTS), entity.entity_type_id or 0
    owners = replace(
        crm.item(name, entity_type_id=number, userfield_entity=""),
        modified_field=ACTIVE,
        modified_filter=ACTIVE,
    )
    return Comments(entity, owners, "entity_id", ("entity_id",))


def _contacts(entity: crm.Entity, _listed: Sequence[crm.Entity]) -> Source:
    return _links(entity, owner_type=2, owner="deal_id", other="contact_id")


def _companies(entity: crm.Entity, _listed: Sequence[crm.Entity]) -> Source:
    return _links(entity, owner_type=3, owner="contact_id", other="company_id")


def _addresses(entity: crm.Entity, _listed: Sequence[crm.Entity]) -> Source:
    codes = {"ENTITY_TYPE_ID": (_ADDRESS_OWNERS, 16), "TYPE_ID": (_ADDRESS_KINDS, 8)}
    return Divided(entity, codes, "ENTITY_ID", ("entity_id",))


def _requisite_links(entity: crm.Entity, listed: Sequence[crm.Entity]) -> Source:
    smart = [each.entity_type_id or 0 for each in listed if each.list_method == "crm.item.list"]
    types = {"ENTITY_TYPE_ID": (sorted({*_LINK_OWNERS, *smart}), 16)}
    return Divided(entity, types, "ENTITY_ID", ("entity_id",))


def _of_catalogues(entity: crm.Entity, _listed: Sequence[crm.Entity]) -> Source:
    return OfCatalogues(entity)


def _currencies(entity: crm.Entity, _listed: Sequence[crm.Entity]) -> Source:
    return Currencies(entity)


def _options(entity: crm.Entity, listed: Sequence[crm.Entity]) -> Source:
    return Options(entity, [each for each in listed if _has_options(each)])


_SOURCES: Mapping[str, Callable[[crm.Entity, Sequence[crm.Entity]], Source]] = {
    crm.PRODUCT_ROW.list_method: _rows,
    crm.TIMELINE_COMMENT.list_method: _comments,
    crm.DEAL_CONTACT.list_method: _contacts,
    crm.CONTACT_COMPANY.list_method: _companies,
    crm.ADDRESS.list_method: _addresses,
    crm.REQUISITE_LINK.list_method: _requisite_links,
    crm.PRODUCT.list_method: _of_catalogues,
    crm.PRODUCT_SECTION.list_method: _of_catalogues,
    crm.CURRENCY.list_method: _currencies,
    FIELD_OPTION.list_method: _options,
}


def _links(entity: crm.Entity, *, owner_type: int, owner: str, other: str) -> Links:
    owners = crm.item(owner.removesuffix("_id"), entity_type_id=owner_type, userfield_entity="")
    listed = f"{other.removesuffix('_id')}Ids"
    return Links(entity, owners, owner, (owner, other), listed)


def _items(product_row: crm.Entity) -> crm.Entity:
    name = product_row.name.removesuffix("_product_row")
    return crm.item(name, entity_type_id=product_row.entity_type_id or 0, userfield_entity="")


def _has_options(entity: crm.Entity) -> bool:
    return bool(entity.userfields_method) or entity.list_method == "crm.item.list"
