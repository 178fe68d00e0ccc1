"""Pure: the options of list fields, however the portal describes them.

https://apidocs.bitrix24.com/api-reference/crm/universal/user-defined-fields/index.html
"""

from collections.abc import Mapping

from bridge24.bitrix.listing import Row


def options_of(result: object) -> list[Row]:
    """Read the options out of ``crm.*.userfield.list`` or ``crm.item.fields``.

    Only the former tells the sort, the outer code and the default; ``POSITION`` is the
    place among the field's options, in the portal's order.

    >>> options_of([{"FIELD_NAME": "UF_CRM_1", "LIST": [{"ID": "7", "VALUE": "A", "SORT": "10"}]}])
    [{'ID': '7', 'FIELD': 'UF_CRM_1', 'VALUE': 'A', 'POSITION': 1, 'SORT': '10', \
'IS_DEFAULT': None, 'XML_ID': None}]
    """
    if isinstance(result, list):
        fields = [(row.get("FIELD_NAME"), row.get("LIST")) for row in result]
    else:
        fields = [(code, about.get("items")) for code, about in _described(result).items()]
    return [
        _option(str(code), each, position=position)
        for code, options in fields
        for position, each in enumerate(_listed(options), start=1)
    ]


def _described(result: object) -> Mapping[str, Mapping[str, object]]:
    fields = result.get("fields", result) if isinstance(result, Mapping) else {}
    return {
        str(code): about
        for code, about in fields.items()
        if isinstance(about, Mapping) and about.get("type") == "enumeration"
    }


def _listed(options: object) -> list[Mapping[str, object]]:
    # PHP writes a map whose keys are 0…n-1 as a list, and an empty one as `[]`.
    several = list(options.values()) if isinstance(options, Mapping) else options
    if not isinstance(several, list):
        return []
    return [each for each in several if isinstance(each, Mapping) and each.get("ID")]


def _option(code: str, told: Mapping[str, object], *, position: int) -> Row:
    return {
        "ID": told["ID"],
        "FIELD": code,
        "VALUE": told.get("VALUE"),
        "POSITION": position,
        "SORT": told.get("SORT"),
        "IS_DEFAULT": told.get("DEF"),
        "XML_ID": told.get("XML_ID"),
    }
