"""Every event a portal knows, and which of them an outgoing webhook may ask for."""

from itertools import product

_LIFE = ("ADD", "UPDATE", "DELETE")
_FIELD_LIFE = (*_LIFE, "SETENUMVALUES")
_APPLICATION = (
    "ONAPPUNINSTALL",
    "ONAPPINSTALL",
    "ONAPPUPDATE",
    "ONAPPPAYMENT",
    "ONAPPTEST",
    "ONAPPMETHODCONFIRM",
    "ONOFFLINEEVENT",
)
_MOVE = "ONCRMDEALMOVETOCATEGORY"
_WITH_LIFE = [
    "LEAD",
    "DEAL",
    "CONTACT",
    "COMPANY",
    "QUOTE",
    "DYNAMICITEM",
    "TYPE",
    "ACTIVITY",
    "TIMELINECOMMENT",
    "CURRENCY",
    "REQUISITE",
    "BANKDETAIL",
    "DEALRECURRING",
    "DOCUMENTGENERATORDOCUMENT",
]
_OLD = ["INVOICE", "PRODUCT", "PRODUCTPROPERTY", "PRODUCTSECTION", "MEASURE", "INVOICERECURRING"]
_WITH_FIELDS = ["LEAD", "DEAL", "CONTACT", "COMPANY", "QUOTE", "INVOICE", "REQUISITE", "TYPE"]


def _names(objects: list[str], endings: tuple[str, ...], *, infix: str = "") -> list[str]:
    return [f"ONCRM{name}{infix}{ending}" for name, ending in product(objects, endings)]


_OFFERED = [
    *_names(_WITH_LIFE, _LIFE),
    *_names(_WITH_FIELDS, _FIELD_LIFE, infix="USERFIELD"),
    "ONCRMADDRESSREGISTER",
    "ONCRMADDRESSUNREGISTER",
    "ONCRMDEALRECURRINGEXPOSE",
    *(f"ONTASK{ending}" for ending in _LIFE),
    *(f"ONTASKCOMMENT{ending}" for ending in _LIFE),
    "ONVOXIMPLANTCALLINIT",
    "ONVOXIMPLANTCALLSTART",
    "ONVOXIMPLANTCALLEND",
]
_APP_ONLY = [
    *_APPLICATION,
    _MOVE,
    "ONUSERADD",
    *_names(_OLD, _LIFE),
    "ONCRMINVOICESETSTATUS",
    "ONCRMINVOICERECURRINGEXPOSE",
]

WEBHOOK_EVENTS = frozenset(_OFFERED)
"""What the list in the portal's form for outgoing webhooks offers."""

EVENTS = tuple(sorted({*_OFFERED, *_APP_ONLY}))
"""What `events` lists to applications.

https://apidocs.bitrix24.com/api-reference/events/index.html
"""

APPLICATION_EVENTS = frozenset(_APPLICATION)


def of_types(type_ids: list[int]) -> list[str]:
    """Events of single smart processes, such as ``ONCRMDYNAMICITEMADD_147``."""
    return [f"ONCRMDYNAMICITEM{ending}_{number}" for number in type_ids for ending in _LIFE]


def is_known(name: str) -> bool:
    """Tell whether an application may bind this event; ``name`` in upper case."""
    base, _, number = name.rpartition("_")
    if base.startswith("ONCRMDYNAMICITEM") and number.isdecimal():
        return base in WEBHOOK_EVENTS
    return name in EVENTS
