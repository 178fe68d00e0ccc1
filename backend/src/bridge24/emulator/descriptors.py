"""How field descriptions look in `crm.*.fields`, `crm.item.fields`, `*.userfield.*`.

https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-fields.html
"""

from __future__ import annotations

from bridge24.emulator.calls import Json, words
from bridge24.emulator.catalogue.russian import TITLES
from bridge24.emulator.schema import Custom, Field, Schema

Described = dict[str, Json]


def classic_fields(schema: Schema, language: str) -> Described:
    """The result of `crm.<kind>.fields`; a custom field's title is its code."""
    return {
        each.code: describe(each, language)
        for each in schema
        if each.classic and each.code[0] != "@"
    }


def item_fields(schema: Schema, language: str, *, original_names: bool) -> Described:
    """The `fields` of `crm.item.fields`; a custom field's title is its label."""
    described = {}
    for each in schema:
        if not each.name:
            continue
        shown = describe(each, language)
        if each.custom:
            shown["title"] = each.custom.label(language)
        shown["upperName"] = each.upper_name
        original = original_names and each.custom
        described[each.code if original else each.name] = shown
    return described


def describe(each: Field, language: str) -> Described:
    """What both families say of a field."""
    shown: Described = {
        "type": each.type,
        "isRequired": each.required,
        "isReadOnly": each.read_only,
        "isImmutable": each.immutable,
        "isMultiple": each.multiple,
        "isDynamic": each.custom is not None,
    }
    if each.deprecated:
        shown["isDeprecated"] = True
    if each.status_type:
        listed = each.code.startswith("RQ_")
        shown["statusType"] = [each.status_type] if listed else each.status_type
    if each.custom and each.type == "enumeration":
        shown["items"] = [{"ID": item.id, "VALUE": item.value} for item in each.custom.options]
    shown["title"] = TITLES.get(each.code, each.title) if language == "ru" else each.title
    if each.custom:
        label = each.custom.label(language)
        labels = {"listLabel": label, "formLabel": label, "filterLabel": label}
        shown |= labels | {"settings": each.custom.settings or []}
    elif each.parent_type_id:
        shown["settings"] = {"parentEntityTypeId": each.parent_type_id}
        if each.code == "MYCOMPANY_ID":
            shown["settings"] |= {"isMyCompany": True, "isEmbeddedEditorEnabled": True}
    return shown


def userfield_row(each: Field, custom: Custom) -> Described:
    """A row of `crm.<kind>.userfield.list` without its labels."""
    row: Described = {
        "ID": str(custom.id),
        "ENTITY_ID": custom.entity_id,
        "FIELD_NAME": each.code,
        "USER_TYPE_ID": each.type,
        "XML_ID": custom.xml_id,
        "SORT": str(custom.sort),
        "MULTIPLE": "Y" if each.multiple else "N",
        "MANDATORY": "Y" if custom.mandatory else "N",
        "SHOW_FILTER": custom.show_filter,
        "SHOW_IN_LIST": "Y",
        "EDIT_IN_LIST": "Y",
        "IS_SEARCHABLE": "N",
        "SETTINGS": custom.settings or [],
    }
    if custom.options:
        row["LIST"] = [
            {
                "ID": option.id,
                "SORT": str(option.sort),
                "VALUE": option.value,
                "DEF": "Y" if option.default else "N",
                "XML_ID": option.xml_id,
            }
            for option in custom.options
        ]
    return row


LABELS = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL")
MESSAGES = ("ERROR_MESSAGE", "HELP_MESSAGE")
LANGUAGES = words("ar br de en fr hi id in it ja kz la ms pl ru sc tc th tr ua vn")


def labels_in(custom: Custom, language: str) -> Described:
    """The labels in one language, as `userfield.list` with `filter[LANG]` shows them."""
    label = custom.label(language)
    return dict.fromkeys(LABELS, label) | dict.fromkeys(MESSAGES, None)


def labels_of(custom: Custom) -> Described:
    """The labels in every language, as `userfield.get` shows them."""
    every = {language: custom.labels.get(language, "") for language in LANGUAGES}
    nothing = dict.fromkeys(LANGUAGES, "")
    return dict.fromkeys(LABELS, every) | dict.fromkeys(MESSAGES, nothing)
