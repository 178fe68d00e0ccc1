"""Which columns hold what belongs to a person; pure.

What is listed here never reaches a language model, not even as an example. When in doubt a
column counts as personal: a chart seldom needs its values, and its name is still known.
"""

import re

_NAMES = re.compile(
    r"(^|_)(title|banking_details|creator|name|last_name|second_name|first_name|full_name"
    r"|honorific|birth(date|day)?|phone|mobile|email|e_mail|web|im|skype|telegram|whatsapp|login|password|photo|avatar"
    r"|personal|address(_\w+)?|reg_address\w*|post(al)?_code|passport|inn|snils|ssn|iban"
    r"|acc(ount)?_num|rq_\w+|comments?|description|message|text|body|subject|ip|link|url"
    r"|source_description|status_description|call_record\w*|portal_number|phone_number"
    r"|contact_info|originator\w*|origin_id)(_\d+)?$"
)
_LABELS = re.compile(
    r"телефон|почт|e-?mail|адрес|паспорт|инн\b|снилс|фио\b|фамили|отчеств|дата рождения|"
    r"коммент|описание|phone|passport|address|birth|surname|last name|comment|social security",
    re.IGNORECASE,
)
_COUNTERS = re.compile(r"^(has_|is_|count_|.*_count$)")
# The words a view has for people: employees, contacts, whoever a record belongs to. A company
# or a deal may be called after a person, too.
_PEOPLE_IN_VIEWS = re.compile(
    r"responsible(_label)?|portal_user|contacts?|company|deal|quote|creator"
    r"|(created|modified|moved|updated|closed|changed|last_activity)_by(_name)?"
    r"|lead|owner|author|editor|user|head|(?!product_|measure_)\w+_name"
)
# The names of stages, funnels, options: a dictionary's name is nobody's.
_DICTIONARIES = re.compile(
    r"crm_(statuses|deal_funnels|funnels|currencies|\w*options|departments|smart_process_types"
    r"|products|product_sections|product_rows)"
)


def is_personal(table: str, column: str, label: str) -> bool:
    """Say whether the values of a column must not be shown."""
    if table.endswith("_multifields"):
        return column in {"value", "owner"}
    if table.startswith("v_") and _PEOPLE_IN_VIEWS.fullmatch(column):
        return True
    if _DICTIONARIES.fullmatch(table.removeprefix("v_")) or _COUNTERS.match(column):
        return False
    return _NAMES.search(column) is not None or _LABELS.search(label) is not None
