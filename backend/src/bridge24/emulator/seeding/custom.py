"""Custom fields of a fresh portal: one of every type, then as many more as asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import TypeAlias

from bridge24.emulator.calls import Json
from bridge24.emulator.schema import Custom, Field, Option, custom_name
from bridge24.emulator.seeding.source import Block, Dice
from bridge24.emulator.seeding.words import CITIES, STREETS, phrase
from bridge24.emulator.views import empty
from bridge24.emulator.zones import Zone

Make: TypeAlias = Callable[[Random, Field], Json]

PER_BLOCK = 12
VARIANTS = 128
FIRST_CODE = 1_700_000_000

KINDS: tuple[tuple[str, bool, str, str], ...] = (
    ("string", False, "Номер договора", "Contract no."),
    ("integer", False, "Количество мест", "Places"),
    ("double", False, "Скидка, %", "Discount, %"),
    ("boolean", False, "Нужна доставка", "Delivery needed"),
    ("enumeration", False, "Вид работ", "Kind of work"),
    ("datetime", False, "Дата и время встречи", "Meeting at"),
    ("date", False, "Дата отгрузки", "Shipping date"),
    ("money", False, "Предоплата", "Prepayment"),
    ("url", False, "Ссылка на макет", "Mock-up link"),
    ("address", False, "Адрес объекта", "Site address"),
    ("file", False, "Скан договора", "Contract scan"),
    ("employee", False, "Технический куратор", "Technical curator"),
    ("crm_status", False, "Канал", "Channel"),
    ("iblock_section", False, "Раздел каталога", "Catalogue section"),
    ("iblock_element", False, "Элемент списка", "List element"),
    ("crm", False, "Связанная компания", "Related company"),
    ("string", True, "Артикулы", "Part numbers"),
    ("enumeration", True, "Опции", "Options"),
    ("file", True, "Смета (файлы)", "Estimate (files)"),
    ("employee", True, "Исполнители", "Performers"),
    ("crm", True, "Участники", "Participants"),
    ("date", True, "Контрольные даты", "Check dates"),
    ("money", True, "Платежи", "Payments"),
    ("url", True, "Документы в облаке", "Cloud documents"),
    ("integer", True, "Номера паллет", "Pallet numbers"),
    ("double", True, "Замеры", "Measurements"),
    ("resourcebooking", True, "Бронь переговорной", "Meeting room"),
    ("datetime", True, "Визиты", "Visits"),
)
LATER = ("string", "enumeration", "integer", "date", "boolean", "string", "double", "money")
_LENGTHS: dict[str, Json] = {"MIN_LENGTH": 0, "MAX_LENGTH": 0, "DEFAULT_VALUE": ""}
_RANGE: dict[str, Json] = {"MIN_VALUE": 0, "MAX_VALUE": 0, "DEFAULT_VALUE": None}
OPTIONS = ("Стандарт", "Премиум", "Эконом", "По договорённости", 'Под "ключ"', "Other / прочее")

SETTINGS: dict[str, dict[str, Json]] = {
    "string": {"SIZE": 20, "ROWS": 1, "REGEXP": "", **_LENGTHS},
    "integer": {"SIZE": 20, **_RANGE},
    "double": {"PRECISION": 2, "SIZE": 20, **_RANGE},
    "boolean": {"DEFAULT_VALUE": 0, "DISPLAY": "CHECKBOX", "LABEL": ["нет", "да"]},
    "enumeration": {
        "DISPLAY": "LIST",
        "LIST_HEIGHT": 1,
        "CAPTION_NO_VALUE": "",
        "SHOW_NO_VALUE": "Y",
    },
    "date": {"DEFAULT_VALUE": {"TYPE": "NONE", "VALUE": ""}},
    "datetime": {
        "DEFAULT_VALUE": {"TYPE": "NONE", "VALUE": ""},
        "USE_SECOND": "Y",
        "USE_TIMEZONE": "N",
    },
    "money": {"DEFAULT_VALUE": ""},
    "url": {"POPUP": "Y", "SIZE": 20, "ROWS": 1, **_LENGTHS},
    "file": {
        "SIZE": 20,
        "LIST_WIDTH": 0,
        "LIST_HEIGHT": 0,
        "MAX_SHOW_SIZE": 0,
        "MAX_ALLOWED_SIZE": 0,
        "EXTENSIONS": [],
        "TARGET_BLANK": "Y",
    },
    "crm_status": {"ENTITY_TYPE": "SOURCE"},
    "crm": {"LEAD": "Y", "CONTACT": "Y", "COMPANY": "Y", "DEAL": "N"},
    "address": {"SHOW_MAP": "Y"},
}


def custom_fields(
    entity: str, count: int, *, prefix: str, option_ids: Iterator[int]
) -> list[Field]:
    """Declare the custom fields of one entity; ids and option ids are unique in the portal."""
    return [
        declare(
            f"{prefix}{FIRST_CODE + 7 * number * number + 1000 * len(entity)}",
            kind,
            entity_id=entity,
            multiple=multiple,
            labels={"ru": russian, "en": english},
            field_id=next(option_ids),
            options=_options(option_ids) if kind == "enumeration" else (),
        )
        for number, (kind, multiple, russian, english) in enumerate(_plan(count))
    ]


def declare(
    code: str,
    kind: str,
    *,
    entity_id: str,
    multiple: bool,
    labels: dict[str, str],
    field_id: int,
    options: tuple[Option, ...] = (),
    settings: dict[str, Json] | None = None,
    mandatory: bool = False,
) -> Field:
    """Describe one custom field as the portal keeps it."""
    defaults = dict(SETTINGS.get(kind, {}))
    if kind == "crm" and not multiple:
        defaults = {"LEAD": "N", "CONTACT": "N", "COMPANY": "Y", "DEAL": None}
    return Field(
        code=code,
        name=custom_name(code),
        type=kind,
        title=code,
        required=mandatory,
        multiple=multiple,
        custom=Custom(
            id=field_id,
            entity_id=entity_id,
            labels=labels,
            mandatory=mandatory,
            show_filter="I" if kind == "string" else "E",
            settings=defaults | (settings or {}),
            options=options,
        ),
    )


def _plan(count: int) -> Iterator[tuple[str, bool, str, str]]:
    yield from KINDS[:count]
    for number in range(len(KINDS), count):
        kind = LATER[number % len(LATER)]
        yield kind, number % 13 == 0, f"Доп. поле {number}", f"Extra field {number}"


def _options(ids: Iterator[int]) -> tuple[Option, ...]:
    return tuple(
        Option(str(next(ids)), value, 10 * (place + 1), f"opt-{place}")
        for place, value in enumerate(OPTIONS)
    )


def custom_blocks(fields: list[Field], *, seed: int, zone: Zone, days: range) -> list[Block]:
    """Values for the custom fields, a dozen fields to a block."""
    blocks = []
    for start in range(0, len(fields), PER_BLOCK):
        group = fields[start : start + PER_BLOCK]
        name = f"{group[0].custom.entity_id if group[0].custom else ''}:{start}"
        chance = Random(f"{seed}:{name}")
        values = Values(zone, days)
        variants = [{each.code: values.of(each, chance) for each in group} for _ in range(VARIANTS)]
        blocks.append(Block(variants, Dice(seed, name)))
    return blocks


class Values:
    """Makes values of custom fields, a third of them empty in the spelling of their type."""

    def __init__(self, zone: Zone, days: range) -> None:
        self._zone = zone
        self._days = days

    def of(self, field: Field, chance: Random) -> Json:
        """Make one value in the classic wire form; files are just ids."""
        if chance.random() < 1 / 3:
            return self._nothing(field, chance)
        if field.multiple:
            return [self._one(field, chance) for _ in range(chance.randint(1, 3))]
        return self._one(field, chance)

    def _nothing(self, field: Field, chance: Random) -> Json:
        if field.type == "file":
            return [] if field.multiple else None
        if field.multiple:
            return chance.choice(([], [], False))
        if field.type == "boolean":
            return chance.choice(("0", None, False))
        return chance.choice((empty(field), None))

    def _one(self, field: Field, chance: Random) -> Json:
        if field.type in {"date", "datetime"}:
            day = chance.choice(self._days)
            seconds = day * 86_400 + chance.randrange(86_400)
            return self._zone.day(day) if field.type == "date" else self._zone.moment(seconds)
        if field.type == "enumeration" and field.custom and field.custom.options:
            option = int(chance.choice(field.custom.options).id)
            return option if field.multiple else str(option)
        return MAKERS.get(field.type, _text)(chance, field)


def _text(chance: Random, _field: Field) -> Json:
    return phrase(chance.randrange(1, 10_000))


def _integer(chance: Random, field: Field) -> Json:
    number = chance.choice((0, 1, 7, -3, 42, 100_000, 2_147_483_648, 9_007_199_254_740_993))
    return number if field.multiple else str(number)


def _double(chance: Random, field: Field) -> Json:
    text = chance.choice(("0", "0.00", "12.5", "-7.25", "999999999.99", "0.1", "15", "1234567.891"))
    return float(text) if field.multiple else text


def _money(chance: Random, _field: Field) -> Json:
    return chance.choice(("300|EUR", "1234.50|RUB", "0|RUB", "|EUR", "99999999.99|USD", "15.5|RUB"))


def _url(chance: Random, _field: Field) -> Json:
    return f"https://docs.example.com/d/{chance.randrange(10**6)}?q=a%20b&lang=ru"


def _address(chance: Random, _field: Field) -> Json:
    text = f"{chance.choice(STREETS)}, {chance.randrange(1, 200)}, {chance.choice(CITIES)}"
    where = chance.choice((";", "55.751244;37.618423"))
    return f"{text}|{where}|{chance.randrange(1, 900)}"


def _file(chance: Random, _field: Field) -> Json:
    return chance.randrange(1_000, 90_000)


def _employee(chance: Random, field: Field) -> Json:
    number = 1 + chance.randrange(9)
    return number if field.multiple else str(number)


def _status(chance: Random, _field: Field) -> Json:
    return chance.choice(("CALL", "WEB", "EMAIL", "UC_8H2K1X", "DELETED_SOURCE"))


def _number(chance: Random, field: Field) -> Json:
    number = chance.randrange(1, 5_000)
    return number if field.multiple else str(number)


def _binding(chance: Random, field: Field) -> Json:
    number = chance.randrange(1, 200)
    if not field.multiple:
        return str(number)
    return f"{chance.choice(('L', 'C', 'CO', 'T80'))}_{number}"


MAKERS: dict[str, Make] = {
    "integer": _integer,
    "double": _double,
    "boolean": lambda chance, _field: chance.choice(("0", "1")),
    "money": _money,
    "url": _url,
    "address": _address,
    "file": _file,
    "employee": _employee,
    "crm_status": _status,
    "iblock_section": _number,
    "iblock_element": _number,
    "crm": _binding,
    "resourcebooking": _number,
}
