"""What a reader must know of one kind of Bitrix24 object."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Paging = Literal["keyset", "offset", "single"]


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of object: its methods, its key fields and its peculiarities."""

    name: str
    """Ours: ``deal``, ``dynamic_1256``."""
    list_method: str
    scope: str = "crm"
    id_field: str = "ID"
    """The id as it stands in rows; empty for objects without one."""
    id_filter: str = "ID"
    """The id as filters and orders call it."""
    order_by: tuple[str, ...] = ()
    """The keys that together name a row, for objects without an id."""
    modified_field: str | None = None
    """When the row was last changed, as it stands in rows."""
    modified_filter: str | None = None
    """The same as filters call it."""
    result_path: tuple[str, ...] = ()
    """Where the rows are inside ``result``."""
    paging: Paging = "keyset"
    """``keyset``: by id with ``start=-1``; ``offset``: by ``start``; ``single``: all at once."""
    select: tuple[str, ...] = ()
    """What to ask for to get everything; empty where the method has no ``select``."""
    select_also: tuple[str, ...] = ()
    """What the method wants to see in every ``select``, besides the id."""
    item_params: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Parameters that every method of the object needs: ``entityTypeId``."""
    required_filter: tuple[str, ...] = ()
    """Filter keys the list method refuses to do without."""
    filter_name: str = "filter"
    """The parameter that holds the filter; empty when conditions are parameters themselves."""
    sort_names: tuple[str, str] | None = None
    """Two scalar parameters (field, direction) instead of an ``order`` map."""
    start_name: str = "start"
    extra_params: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Further parameters of the list method."""
    get_method: str | None = None
    get_path: tuple[str, ...] = ()
    get_id: str = "id"
    """The parameter that holds the id."""
    fields_method: str | None = None
    userfields_method: str | None = None
    """Unpaged list of classic custom field descriptions."""
    userfield_entity: str | None = None
    """``entityId`` of ``userfieldconfig.list`` and of custom field events."""
    entity_type_id: int | None = None
    event_prefix: str | None = None
    """``ONCRMDEAL``: followed by ``ADD``, ``UPDATE``, ``DELETE``."""
    title: str = ""
    """The portal's own word for a smart process."""
