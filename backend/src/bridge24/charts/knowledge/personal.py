"""Which columns hold what belongs to a person; pure.

What is listed here never reaches a language model, not even as an example. When in doubt a
column counts as personal: a chart seldom needs its values, and its name is still known.
"""

import re

_NAMES = re.compile(
    r"(^|_)(name|last_name|second_name|first_name|full_name|honorific|birth(date|day)?|phone"
    r"|mobile|email|e_mail|web|im|skype|telegram|whatsapp|login|password|photo|avatar"
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
_TABLES_OF_PEOPLE = ("crm_contacts", "crm_users", "crm_leads", "v_crm_contacts", "v_crm_leads")
# The words a view has for people: employees, contacts, leads, whoever a record belongs to.
_PEOPLE_IN_VIEWS = re.compile(
    r"responsible|(created|modified|moved|updated|closed|changed|last_activity)_by(_name)?"
    r"|contact|lead|owner|author|editor|user|head|\w+_name"
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
    if _DICTIONARIES.fullmatch(table.removeprefix("v_")):
        return False
    if _COUNTERS.match(column):
        return False
    if table.startswith("v_") and _PEOPLE_IN_VIEWS.fullmatch(column):
        return True
    if column == "title":
        return table in _TABLES_OF_PEOPLE
    return _NAMES.search(column) is not None or _LABELS.search(label) is not None
