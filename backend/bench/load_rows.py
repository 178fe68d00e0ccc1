"""A hundred-column deal as a portal sends it: what both load benchmarks store."""

import random
from datetime import datetime, timedelta, timezone

import orjson

from bridge24.bitrix.fields import Field

ZONE = timezone(timedelta(hours=3))
WORDS = (
    "Поставка",
    "оборудования",
    "для",
    "склада,",
    "монтаж",
    "и",
    "пусконаладка;",
    "client",
    "asks",
    "for",
    "a",
    "discount",
)
STANDARD = {
    "ID": "integer",
    "TITLE": "string",
    "TYPE_ID": "crm_status",
    "CATEGORY_ID": "crm_category",
    "STAGE_ID": "crm_status",
    "STAGE_SEMANTIC_ID": "string",
    "IS_NEW": "char",
    "IS_RECURRING": "char",
    "IS_RETURN_CUSTOMER": "char",
    "IS_REPEATED_APPROACH": "char",
    "PROBABILITY": "integer",
    "CURRENCY_ID": "crm_currency",
    "OPPORTUNITY": "double",
    "IS_MANUAL_OPPORTUNITY": "char",
    "TAX_VALUE": "double",
    "COMPANY_ID": "crm_company",
    "CONTACT_ID": "crm_contact",
    "QUOTE_ID": "crm_quote",
    "BEGINDATE": "date",
    "CLOSEDATE": "date",
    "OPENED": "char",
    "CLOSED": "char",
    "COMMENTS": "text",
    "ASSIGNED_BY_ID": "user",
    "CREATED_BY_ID": "user",
    "MODIFY_BY_ID": "user",
    "MOVED_BY_ID": "user",
    "DATE_CREATE": "datetime",
    "DATE_MODIFY": "datetime",
    "MOVED_TIME": "datetime",
    "SOURCE_ID": "crm_status",
    "SOURCE_DESCRIPTION": "string",
    "LEAD_ID": "crm_lead",
    "ADDITIONAL_INFO": "string",
    "LOCATION_ID": "location",
    "ORIGINATOR_ID": "string",
    "ORIGIN_ID": "string",
    "UTM_SOURCE": "string",
    "UTM_MEDIUM": "string",
    "UTM_CAMPAIGN": "string",
    "UTM_CONTENT": "string",
    "UTM_TERM": "string",
    "LAST_ACTIVITY_TIME": "datetime",
    "LAST_ACTIVITY_BY": "user",
}
# How often a portal's own fields are of a type, and how many values they have.
CUSTOM = (
    *("enumeration", "string", "boolean", "enumeration", "date", "string", "integer"),
    *("enumeration", "double", "boolean", "string", "money", "enumeration", "datetime"),
)
COLUMNS = 100


def fields() -> list[Field]:
    """Describe a hundred columns; the money ones take two each."""
    described = [Field(code=code, type=type_, title=code) for code, type_ in STANDARD.items()]
    columns = len(described)
    number = 0
    while columns < COLUMNS:
        type_ = CUSTOM[number % len(CUSTOM)]
        multiple = type_ in {"string", "enumeration"} and number % 9 == 0
        described.append(
            Field(f"UF_CRM_{number}", type_, multiple=multiple, custom=True, title=f"Поле {number}")
        )
        columns += 2 if type_ == "money" else 1
        number += 1
    return described


def answers(count: int, seed: int = 7) -> list[bytes]:
    """Write the bodies of ready batch answers, fifty pages of fifty rows in each."""
    dice = random.Random(seed)
    described = fields()
    rows = [_row(dice, described, row_id) for row_id in range(1, count + 1)]
    pages = [rows[at : at + 50] for at in range(0, count, 50)]
    return [_answer(pages[at : at + 50]) for at in range(0, len(pages), 50)]


def _answer(pages: list[list[dict[str, object]]]) -> bytes:
    time = {"start": 1764000000.0, "finish": 1764000000.1, "duration": 0.1, "processing": 0.1}
    keys = [f"r0p{number}" for number in range(len(pages))]
    sections = {
        "result": dict(zip(keys, pages, strict=True)),
        "result_error": [],
        "result_total": [],
        "result_next": [],
        "result_time": {key: {**time, "operating": 0.1} for key in keys},
    }
    return orjson.dumps({"result": sections, "time": time})


def _row(dice: random.Random, described: list[Field], row_id: int) -> dict[str, object]:
    row = {field.code: _value(dice, field) for field in described}
    return {**row, "ID": str(row_id)}


FILLED = {
    "COMMENTS": 0.3,
    "SOURCE_DESCRIPTION": 0.2,
    "ADDITIONAL_INFO": 0.1,
    "QUOTE_ID": 0.05,
    "LEAD_ID": 0.4,
    "COMPANY_ID": 0.6,
    "CONTACT_ID": 0.9,
    "LOCATION_ID": 0.0,
    "ORIGINATOR_ID": 0.1,
    "ORIGIN_ID": 0.1,
    "UTM_SOURCE": 0.3,
    "UTM_MEDIUM": 0.3,
    "UTM_CAMPAIGN": 0.2,
    "UTM_CONTENT": 0.1,
    "UTM_TERM": 0.1,
}
CUSTOM_FILLED = 0.8


def _value(dice: random.Random, field: Field) -> object:
    if field.multiple:
        return [_single(dice, field) for _ in range(dice.randrange(3))]
    if dice.random() < FILLED.get(field.code, CUSTOM_FILLED if field.custom else 1.0):
        return _single(dice, field)
    return "" if field.custom else None


def _single(dice: random.Random, field: Field) -> object:
    made = {
        "char": lambda: dice.choice("YN"),
        "boolean": lambda: dice.choice("10"),
        "integer": lambda: str(dice.randrange(100)),
        "user": lambda: str(dice.randrange(1, 60)),
        "double": lambda: f"{dice.randrange(10_000_000) / 100:.2f}",
        "money": lambda: f"{dice.randrange(1_000_000) / 100:.2f}|RUB",
        "date": lambda: _moment(dice).date().isoformat() + "T03:00:00+03:00",
        "datetime": lambda: _moment(dice).isoformat(),
        "enumeration": lambda: str(dice.randrange(200, 260)),
        "crm_category": lambda: str(dice.randrange(4)),
        "crm_currency": lambda: dice.choice(("RUB", "EUR", "USD")),
        "crm_status": lambda: f"C{dice.randrange(4)}:STAGE_{dice.randrange(9)}",
        "text": lambda: " ".join(dice.choices(WORDS, k=25)),
        "string": lambda: _text(dice, field),
    }
    if field.type in made:
        return made[field.type]()
    return str(dice.randrange(1, 20_000))


def _text(dice: random.Random, field: Field) -> str:
    """Half of the short texts repeat (sources, cities, campaigns), half are free."""
    if field.code == "TITLE" or (field.custom and field.code[-1] in "13579"):
        return " ".join(dice.choices(WORDS, k=4))
    return f"{dice.choice(WORDS)} {dice.randrange(20)}"


def _moment(dice: random.Random) -> datetime:
    start = datetime(2025, 1, 1, tzinfo=ZONE)
    return start + timedelta(seconds=dice.randrange(60_000_000))
