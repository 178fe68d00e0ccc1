"""Pure: field descriptions of every Bitrix24 method family as one Field type.

Descriptions: https://apidocs.bitrix24.com/api-reference/crm/data-types.html
PHP writes an empty map as ``[]``, and older portals leave keys out: both are read
as "nothing there", never as an error.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bridge24.bitrix.entity import Entity


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


def fields_of(entity: Entity, result: object) -> list[Field]:
    """Read the ``result`` of the entity's fields method."""
    method = entity.fields_method or ""
    if method in {"user.fields", "department.fields"}:
        return titled(result)
    if method == "tasks.task.getFields":
        return task_fields(result)
    return described(result)


def described(result: object) -> list[Field]:
    """Read a map code → description: classic ``*.fields`` and ``crm.item.fields``.

    >>> [f.code for f in described({"fields": {"id": {"type": "integer"}}})], described([])
    (['id'], [])
    """
    return [_described(code, raw) for code, raw in _map(_unwrapped(result)).items()]


def _described(code: str, raw: object) -> Field:
    about = _map(raw)
    status_type = about.get("statusType")
    return Field(
        code=code,
        type=_text(about.get("type")) or "string",
        multiple=_yes(about.get("isMultiple")),
        required=_yes(about.get("isRequired")),
        read_only=_yes(about.get("isReadOnly")),
        immutable=_yes(about.get("isImmutable")),
        custom=_yes(about.get("isDynamic")) or code.startswith("UF_"),
        title=_label(about, code),
        options=_options(about.get("items")),
        settings=_map(about.get("settings")),
        status_type=status_type if isinstance(status_type, str) and status_type else None,
        upper_name=_text(about.get("upperName")) or None,
    )


def _label(about: Mapping[str, object], code: str) -> str:
    # The title of a classic custom field is its code; people gave the others.
    names = (_text(about.get(key)) for key in ("formLabel", "listLabel", "filterLabel", "title"))
    return next(filter(None, names), code)


def userfields(result: object) -> list[Field]:
    """Read ``crm.*.userfield.list``: a list of classic custom field descriptions.

    https://apidocs.bitrix24.com/api-reference/crm/universal/user-defined-fields/index.html
    """
    return [_userfield(_map(raw), _CLASSIC) for raw in _list(result)]


def userfield_configs(result: object) -> list[Field]:
    """Read ``userfieldconfig.list`` or ``.get``. The codes are the classic ones.

    https://apidocs.bitrix24.com/api-reference/crm/universal/userfieldconfig/index.html
    """
    inner = _map(result)
    raws = _list(inner.get("fields")) or ([inner["field"]] if "field" in inner else [])
    return [_userfield(_map(raw), _CONFIG) for raw in raws]


_CLASSIC: Mapping[str, str] = MappingProxyType(
    {
        "code": "FIELD_NAME",
        "type": "USER_TYPE_ID",
        "multiple": "MULTIPLE",
        "mandatory": "MANDATORY",
        "settings": "SETTINGS",
        "options": "LIST",
        "label": "EDIT_FORM_LABEL",
        "column": "LIST_COLUMN_LABEL",
    }
)
_CONFIG: Mapping[str, str] = MappingProxyType(
    {
        "code": "fieldName",
        "type": "userTypeId",
        "multiple": "multiple",
        "mandatory": "mandatory",
        "settings": "settings",
        "options": "enum",
        "label": "editFormLabel",
        "column": "listColumnLabel",
    }
)


def _userfield(raw: Mapping[str, object], keys: Mapping[str, str]) -> Field:
    code = _text(raw.get(keys["code"]))
    settings = _map(raw.get(keys["settings"]))
    labels = _languages(raw.get(keys["label"])) or _languages(raw.get(keys["column"]))
    plain = _text(raw.get(keys["label"])) or _text(raw.get(keys["column"]))
    return Field(
        code=code,
        type=_text(raw.get(keys["type"])) or "string",
        multiple=_yes(raw.get(keys["multiple"])),
        required=_yes(raw.get(keys["mandatory"])),
        custom=True,
        title=plain or next(iter(labels.values()), code),
        labels=labels,
        options=_options(raw.get(keys["options"])),
        settings=settings,
        status_type=_text(settings.get("ENTITY_TYPE")) or None,
        upper_name=code,
    )


def enriched(fields: Iterable[Field], customs: Iterable[Field]) -> list[Field]:
    """Add to fields what their custom field descriptions know more: labels, options.

    Fields described only by the latter are not added: rows do not hold them.
    """
    by_code = {custom.code: custom for custom in customs}
    return [_enriched(each, by_code.get(each.upper_name or each.code)) for each in fields]


def _enriched(each: Field, custom: Field | None) -> Field:
    if custom is None:
        return each
    codes = {each.code, each.upper_name}
    # Methods that tell titles only know nothing of lists.
    is_list = custom.type == "enumeration"
    return replace(
        each,
        type=custom.type if is_list else each.type,
        multiple=each.multiple or (is_list and custom.multiple),
        title=custom.title if each.title in codes else each.title,
        labels=each.labels or custom.labels,
        options=each.options or custom.options,
        settings=each.settings or custom.settings,
        status_type=each.status_type or custom.status_type,
    )


# `user.fields` and `department.fields` tell titles only; these types are what the rows show.
# https://apidocs.bitrix24.com/api-reference/user/user-get.html
_TITLED_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "ID": "integer",
        "ACTIVE": "boolean",
        "IS_ONLINE": "boolean",
        "LAST_LOGIN": "datetime",
        "DATE_REGISTER": "datetime",
        "PERSONAL_BIRTHDAY": "date",
        "UF_EMPLOYMENT_DATE": "date",
        "UF_DEPARTMENT": "integer",
        "UF_HEAD": "user",
        "PARENT": "integer",
        "SORT": "integer",
    }
)


def titled(result: object) -> list[Field]:
    """Read a map code → title: ``user.fields``, ``department.fields``."""
    return [
        Field(
            code=code,
            type=_TITLED_TYPES.get(code, "string"),
            multiple=code == "UF_DEPARTMENT",
            read_only=code == "ID",
            custom=code.startswith("UF_USR_"),
            title=_text(title) or code,
        )
        for code, title in _map(result).items()
    ]


def task_fields(result: object) -> list[Field]:
    """Read ``tasks.task.getFields``; rows write the same codes in camel case.

    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-get-fields.html
    """
    return [_task_field(code, _map(raw)) for code, raw in _map(_unwrapped(result)).items()]


def _task_field(code: str, about: Mapping[str, object]) -> Field:
    kind = _text(about.get("type")) or "string"
    return Field(
        code=_task_code(code),
        type={"enum": "enumeration", "array": "user"}.get(kind, kind),
        multiple=kind == "array" or code in _TASK_LISTS,
        required=_yes(about.get("required")),
        read_only=_yes(about.get("primary")),
        custom=code.startswith("UF_") and code not in _TASK_OWN,
        title=_text(about.get("title")) or code,
        options={k: _text(v) for k, v in _keyed(about.get("values")).items()},
        upper_name=code,
    )


_TASK_OWN = frozenset({"UF_CRM_TASK", "UF_TASK_WEBDAV_FILES", "UF_MAIL_MESSAGE"})
_TASK_LISTS = frozenset({"UF_CRM_TASK", "UF_TASK_WEBDAV_FILES"})


def _task_code(code: str) -> str:
    if code.startswith("UF_") and code not in _TASK_OWN:
        return code  # the portal's own custom fields keep their codes
    first, *others = code.lower().split("_")
    return first + "".join(word.capitalize() for word in others)


def _unwrapped(result: object) -> object:
    return _map(result).get("fields", result)


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _keyed(value: object) -> Mapping[str, object]:
    """A map that PHP may have written as a list because its keys are 0…n-1."""
    if isinstance(value, list):
        return {str(index): each for index, each in enumerate(value)}
    return {str(key): each for key, each in _map(value).items()}


def _options(value: object) -> Mapping[str, str]:
    raws = [_map(raw) for raw in _keyed(value).values()]
    ids = [(_text(raw.get("ID", raw.get("id"))), raw) for raw in raws]
    return {key: _text(raw.get("VALUE", raw.get("value"))) for key, raw in ids if key}


def _languages(value: object) -> Mapping[str, str]:
    return {lang: text for lang, raw in _map(value).items() if (text := _text(raw))}


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _yes(value: object) -> bool:
    """A flag in any spelling: true, "Y", "1", 1."""
    return value in (True, "Y", "1", "true")
