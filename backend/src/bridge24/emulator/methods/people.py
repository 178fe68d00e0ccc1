"""Users and departments.

https://apidocs.bitrix24.com/api-reference/user/index.html
"""

from __future__ import annotations

from bridge24.emulator.calls import Answer, Call, Json, as_map, method
from bridge24.emulator.catalogue.people import DEPARTMENT_TITLES, USER_TITLES
from bridge24.emulator.methods.described import titles
from bridge24.emulator.methods.rows_of import chosen, page_of
from bridge24.emulator.store import Row

USER_MOMENTS = ("LAST_LOGIN", "DATE_REGISTER", "PERSONAL_BIRTHDAY")
DEPARTMENT_FILTERS = ("ID", "NAME", "SORT", "PARENT", "UF_HEAD")


@method("user.get", scope="user")
def get_users(call: Call) -> Answer:
    """Users that match; conditions may stand in `FILTER` or at the top."""
    sent = _conditions(call, (*titles(USER_TITLES),))
    return page_of(call, _sorted(call, call.portal.users, sent))


@method("user.search", scope="user")
def search_users(call: Call) -> Answer:
    """Users whose names contain the text of `FILTER[NAME]` or `FILTER[FIND]`."""
    conditions = as_map(call.param("filter"))
    text = str(conditions.get("FIND") or conditions.get("NAME") or "").casefold()
    found = [
        row for row in call.portal.users if text in f"{row['NAME']} {row['LAST_NAME']}".casefold()
    ]
    return page_of(call, found)


@method("user.current", scope="user")
def current_user(call: Call) -> Answer:
    """Who the caller acts for, one object."""
    return Answer(call.portal.user(call.identity.user_id))


@method("user.admin")
def user_admin(call: Call) -> Answer:
    """Whether the caller acts for an administrator."""
    return Answer(call.portal.is_admin(call.identity.user_id))


@method("user.fields", scope="user")
def user_fields(call: Call) -> Answer:
    """The titles of a user's fields, of custom ones by their labels."""
    language = call.portal.spec.language
    custom = {
        each.code: each.custom.label(language) for each in call.portal.user_fields if each.custom
    }
    return Answer(titles(USER_TITLES) | custom)


@method("department.get", scope="department")
def get_departments(call: Call) -> Answer:
    """Departments that match; conditions stand at the top, not in a filter."""
    sent = _conditions(call, DEPARTMENT_FILTERS)
    return page_of(call, _sorted(call, call.portal.departments, sent))


@method("department.fields", scope="department")
def department_fields(_call: Call) -> Answer:
    """The titles of a department's fields."""
    return Answer(titles(DEPARTMENT_TITLES))


def _conditions(call: Call, names: tuple[str, ...]) -> dict[str, Json]:
    sent = dict(as_map(call.param("filter")))
    for name in names:
        value = call.param(name)
        if value is not None and name not in {"SORT", "ORDER"}:
            sent[name] = value
    active = sent.pop("ACTIVE", None)
    if active is not None:
        sent["ACTIVE"] = "True" if active in (True, "true", "True", "Y", "1", 1) else "False"
    return sent


def _sorted(call: Call, rows: list[Row], sent: dict[str, Json]) -> list[Row]:
    """`sort` and `order` are two scalars here; a map in `order` is understood as well."""
    sort, direction = call.param("sort"), call.param("order", "ASC")
    if isinstance(direction, dict | list):
        order = dict(as_map(direction))
    else:
        order = {str(sort).upper(): direction} if sort else {"ID": "ASC"}
    return chosen(call, rows, numbers=("ID", "SORT"), moments=USER_MOMENTS, sent=sent, order=order)
