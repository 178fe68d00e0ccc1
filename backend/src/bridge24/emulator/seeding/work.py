"""Activities, tasks and calls of a fresh portal."""

from __future__ import annotations

from random import Random

from bridge24.emulator import kinds
from bridge24.emulator.catalogue.activities import ACTIVITY
from bridge24.emulator.catalogue.work import CALL, TASK
from bridge24.emulator.portal import Portal
from bridge24.emulator.schema import Field, Schema, camel, parse
from bridge24.emulator.seeding.words import COMMENTS, FIRST_NAMES, LAST_NAMES
from bridge24.emulator.store import Row, id_at
from bridge24.emulator.table import Kind, Table
from bridge24.emulator.zones import DAY

SUBJECTS = ("Исходящий звонок", "Встреча в офисе", "Письмо: счёт", "Напомнить об оплате", "Call")
FAR_FUTURE = "9999-12-31T00:00:00+03:00"


def busy(portal: Portal) -> None:
    """Fill the tables of activities, tasks and calls."""
    chance = Random(f"{portal.seed}:work")
    count = portal.spec.activities
    activities = empty_table(portal, kinds.ACTIVITY, parse(ACTIVITY))
    for number in range(count):
        row = _activity(portal, number, chance)
        activities.store.put(int(row["ID"]), row)
    tasks = empty_table(portal, kinds.TASK, task_fields())
    calls = empty_table(portal, kinds.CALL, parse(CALL))
    for number in range(count // 2):
        tasks.store.put(id_at(number), _task(portal, number, chance))
        calls.store.put(id_at(number), _call(portal, number, chance))


def empty_table(portal: Portal, kind: Kind, fields: list[Field]) -> Table:
    """A table nothing is born in; rows are put into it one by one."""
    table = Table(kind, Schema(fields), NoRows(), 0)
    table.host = portal.host
    portal.tables[kind.name] = table
    return table


class NoRows:
    """The source of a table nothing is born in."""

    def row(self, row_id: int) -> Row:
        """There is none."""
        raise KeyError(row_id)

    def value(self, row_id: int, code: str) -> None:
        """There is none."""
        raise KeyError(row_id, code)


def task_fields() -> list[Field]:
    """The fields of a task, by their codes and by their camelCase names."""
    fields = []
    for line in TASK.strip().splitlines():
        code, kind, _flags, title = line.split(" ", 3)
        many = kind == "array" or code in {"UF_CRM_TASK", "UF_TASK_WEBDAV_FILES"}
        plain = "string" if kind in {"enum", "array"} else kind
        fields.append(Field(code, camel(code), plain, title, multiple=many))
    return fields


def _moment(portal: Portal, chance: Random) -> int:
    return portal.spec.anchor - chance.randrange(1, 700 * DAY)


_ACTIVITY_CONSTANTS: Row = {
    "PROVIDER_GROUP_ID": None,
    "ASSOCIATED_ENTITY_ID": "0",
    "NOTIFY_TYPE": "1",
    "NOTIFY_VALUE": "15",
    "LOCATION": "",
    "ORIGINATOR_ID": None,
    "ORIGIN_ID": None,
    "PROVIDER_PARAMS": [],
    "PROVIDER_DATA": None,
    "RESULT_MARK": "0",
    "RESULT_VALUE": None,
    "RESULT_SUM": None,
    "RESULT_CURRENCY_ID": None,
    "RESULT_STATUS": "0",
    "RESULT_STREAM": "0",
    "RESULT_SOURCE_ID": None,
    "AUTOCOMPLETE_RULE": "0",
    "WEBDAV_ELEMENTS": [],
    "IS_INCOMING_CHANNEL": "N",
}
PROVIDERS = {"2": ("VOXIMPLANT_CALL", "CALL"), "4": ("CRM_EMAIL", "EMAIL")}


def _activity(portal: Portal, number: int, chance: Random) -> Row:
    row_id, kind = str(id_at(number)), chance.choice(("1", "2", "2", "4", "6"))
    provider, provider_type = PROVIDERS.get(kind, ("CRM_TODO", "TODO"))
    done = chance.random() < 0.7
    moments = _activity_moments(portal, number, chance)
    return (
        _ACTIVITY_CONSTANTS
        | moments
        | _owned(portal, number, chance)
        | {
            "ID": row_id,
            "TYPE_ID": kind,
            "PROVIDER_ID": provider,
            "PROVIDER_TYPE_ID": provider_type,
            "SUBJECT": f"{chance.choice(SUBJECTS)} {chance.choice(LAST_NAMES)}",
            "COMPLETED": "Y" if done else "N",
            "STATUS": "2" if done else "1",
            "RESPONSIBLE_ID": str(chance.randint(1, 9)),
            "PRIORITY": chance.choice("123"),
            "DESCRIPTION": chance.choice(COMMENTS) or "",
            "DESCRIPTION_TYPE": chance.choice("123"),
            "DIRECTION": chance.choice("12"),
            "SETTINGS": [] if number % 3 else {"EMAIL_META": {"from": "info@example.com"}},
            "AUTHOR_ID": str(chance.randint(1, 9)),
            "EDITOR_ID": str(chance.randint(1, 9)),
        }
    )


def _activity_moments(portal: Portal, number: int, chance: Random) -> Row:
    zone, created = portal.zone, _moment(portal, chance)
    return {
        "CREATED": zone.moment(created),
        "LAST_UPDATED": zone.moment(created + chance.randrange(DAY)),
        "START_TIME": zone.moment(created),
        "END_TIME": zone.moment(created + 1_800),
        "DEADLINE": FAR_FUTURE if number % 9 == 4 else zone.moment(created + DAY),
    }


def _owned(portal: Portal, number: int, chance: Random) -> Row:
    """Whose activity it is, how they are reached, and the files of it."""
    owner_type, owner_id = chance.choice((2, 1, 3)), id_at(chance.randrange(50))
    phone = f"+7 9{chance.randrange(10**9):09}"
    owner = {"OWNER_TYPE_ID": str(owner_type), "OWNER_ID": str(owner_id)}
    return owner | {
        "BINDINGS": [owner],
        "COMMUNICATIONS": [_communication(number, phone, owner_type, owner_id, chance)],
        "FILES": _files(portal, str(id_at(number))) if number % 6 == 1 else [],
    }


def _communication(number: int, phone: str, owner_type: int, owner_id: int, chance: Random) -> Row:
    settings = {
        "HONORIFIC": "",
        "NAME": chance.choice(FIRST_NAMES),
        "SECOND_NAME": "",
        "LAST_NAME": chance.choice(LAST_NAMES),
        "COMPANY_TITLE": "ООО «Вектор»",
        "COMPANY_ID": "2",
    }
    return {
        "ID": str(number + 1),
        "TYPE": "PHONE",
        "VALUE": phone,
        "ENTITY_ID": str(owner_id),
        "ENTITY_TYPE_ID": str(owner_type),
        "ENTITY_SETTINGS": settings,
    }


def _files(portal: Portal, row_id: str) -> list[Row]:
    file_id = 3_100_000 + int(row_id)
    page = f"https://{portal.host}/bitrix/tools/crm_show_file.php"
    return [{"id": file_id, "url": f"{page}?fileId={file_id}&ownerTypeId=6&ownerId={row_id}&auth="}]


def _task(portal: Portal, number: int, chance: Random) -> Row:
    zone, created = portal.zone, _moment(portal, chance)
    closed = chance.random() < 0.5
    changed = zone.moment(created + chance.randrange(5 * DAY))
    row: Row = {each.code: [] if each.multiple else None for each in task_fields()}
    zeros = "PARENT_ID GROUP_ID STAGE_ID SPRINT_ID BACKLOG_ID FLOW_ID COMMENTS_COUNT"
    return (
        row
        | dict.fromkeys(zeros.split(), "0")
        | {
            "ID": str(id_at(number)),
            "TITLE": f"{chance.choice(SUBJECTS)} №{number}",
            "DESCRIPTION": chance.choice(COMMENTS) or "",
            "MARK": chance.choice(("", "P", "N")),
            "PRIORITY": chance.choice("012"),
            "STATUS": "5" if closed else chance.choice("236"),
            "CREATED_BY": str(chance.randint(1, 9)),
            "CREATED_DATE": zone.moment(created),
            "RESPONSIBLE_ID": str(chance.randint(1, 9)),
            "CHANGED_BY": str(chance.randint(1, 9)),
            "CHANGED_DATE": changed,
            "CLOSED_BY": "1" if closed else None,
            "CLOSED_DATE": changed if closed else None,
            "DEADLINE": zone.moment(created + 3 * DAY) if number % 3 else None,
            "AUDITORS": ["2"] if number % 4 == 1 else [],
            "UF_CRM_TASK": [f"D_{id_at(number)}"] if number % 2 else False,
            "UF_TASK_WEBDAV_FILES": [1_000 + number] if number % 5 == 1 else False,
            "SITE_ID": "s1",
        }
    )


def _call(portal: Portal, number: int, chance: Random) -> Row:
    answered = chance.random() < 0.8
    return {
        "ID": str(id_at(number)),
        "PORTAL_USER_ID": str(chance.randint(1, 9)),
        "PORTAL_NUMBER": "reg133788",
        "PHONE_NUMBER": f"+79{chance.randrange(10**9):09}",
        "CALL_ID": f"{chance.getrandbits(64):016X}.{number}",
        "EXTERNAL_CALL_ID": None,
        "CALL_CATEGORY": "external",
        "CALL_LOG": None,
        "CALL_DURATION": str(chance.randrange(600)) if answered else "0",
        "CALL_START_DATE": portal.zone.moment(_moment(portal, chance)),
        "CALL_RECORD_URL": "" if number % 2 else None,
        "CALL_VOTE": None,
        "COST": "0.0000",
        "COST_CURRENCY": "RUB",
        "CALL_FAILED_CODE": "200" if answered else "603-S",
        "CALL_FAILED_REASON": "" if answered else "Decline self",
        "CRM_ENTITY_TYPE": "CONTACT",
        "CRM_ENTITY_ID": str(id_at(chance.randrange(100))),
        "CRM_ACTIVITY_ID": str(id_at(number)),
        "REST_APP_ID": None,
        "REST_APP_NAME": None,
        "TRANSCRIPT_ID": None,
        "TRANSCRIPT_PENDING": "N",
        "SESSION_ID": str(chance.getrandbits(32)),
        "REDIAL_ATTEMPT": None,
        "COMMENT": None,
        "RECORD_DURATION": None,
        "RECORD_FILE_ID": None,
        "CALL_TYPE": chance.choice("12"),
    }
