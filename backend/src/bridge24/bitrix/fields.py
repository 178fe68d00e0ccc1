"""Field descriptions of every Bitrix24 method family as one Field type."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a CRM object, whichever method described it."""

    code: str
    """As it stands in rows: ``UF_CRM_1``, ``stageId``."""
    type: str
    """Bitrix24's own word: ``string``, ``crm_status``, ``datetime`` …"""
    multiple: bool = False
    required: bool = False
    read_only: bool = False
    immutable: bool = False
    custom: bool = False
    title: str = ""
    """The human label; the code where the portal gave none."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Language → label, where the portal told several."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Option id → text of an enumeration."""
    settings: Mapping[str, object] = field(default_factory=dict)
    status_type: str | None = None
    """The dictionary (``ENTITY_ID`` of crm.status.list) of a ``crm_status`` field."""
    upper_name: str | None = None
    """The classic code of a ``crm.item.*`` field."""
