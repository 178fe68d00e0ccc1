"""The people of a portal and their departments."""

from __future__ import annotations

from random import Random

from bridge24.emulator.seeding.words import FIRST_NAMES, LAST_NAMES, POSITIONS
from bridge24.emulator.store import Row
from bridge24.emulator.zones import Zone

DEPARTMENTS = (
    ("1", "Компания", None, "1"),
    ("2", "Бухгалтерия", "1", None),
    ("3", "Отдел продаж", "1", "2"),
    ("4", "Маркетинг и реклама", "1", "3"),
    ("15", "R&D", "1", None),
    ("17", "Отдел «Юг»", "3", "4"),
)


def departments() -> list[Row]:
    """Every department; the root has no parent, some have no head."""
    rows = []
    for number, name, parent, head in DEPARTMENTS:
        row: Row = {"ID": number, "NAME": name, "SORT": 500}
        rows.append(row | _given(PARENT=parent) | _given(UF_HEAD=head))
    return rows


def users(count: int, *, seed: int, zone: Zone, now: float) -> list[Row]:
    """The employees; ids have gaps, every eleventh has been dismissed."""
    chance = Random(f"{seed}:users")
    return [_user(number, chance, zone, now) for number in range(count)]


def _user(number: int, chance: Random, zone: Zone, now: float) -> Row:
    user_id = number + 1 + number // 4
    registered = int(now) - chance.randrange(200, 900) * 86_400
    row: Row = {
        "ID": str(user_id),
        "XML_ID": str(10_000 + user_id),
        "ACTIVE": number % 11 != 10,
        "NAME": chance.choice(FIRST_NAMES),
        "LAST_NAME": chance.choice(LAST_NAMES),
        "SECOND_NAME": "",
        "EMAIL": f"user{user_id}@example.com",
        "LAST_LOGIN": zone.moment(now - chance.randrange(600_000)) if number % 5 else "",
        "DATE_REGISTER": zone.day(registered // 86_400),
        "TIME_ZONE": "",
        "IS_ONLINE": "Y" if number % 3 == 0 else "N",
        "TIMESTAMP_X": {},
        "LAST_ACTIVITY_DATE": {},
        "PERSONAL_GENDER": chance.choice(("M", "F", "")),
        "PERSONAL_WWW": "",
        "PERSONAL_BIRTHDAY": zone.day(chance.randrange(3000, 12_000)) if number % 2 else "",
        "PERSONAL_MOBILE": f"+7 916 {chance.randrange(10**7):07}",
        "PERSONAL_CITY": "",
        "WORK_PHONE": "",
        "WORK_POSITION": chance.choice(POSITIONS),
        "UF_EMPLOYMENT_DATE": "",
        "UF_DEPARTMENT": [int(chance.choice(DEPARTMENTS)[0])],
        "USER_TYPE": "employee",
    }
    if number % 4 == 1:
        del row["XML_ID"], row["TIME_ZONE"], row["PERSONAL_WWW"]
    return row


def _given(**values: str | None) -> Row:
    return {key: value for key, value in values.items() if value is not None}
