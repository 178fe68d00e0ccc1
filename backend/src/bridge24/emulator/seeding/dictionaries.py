"""Funnels, stages, dictionaries and currencies of a fresh portal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from bridge24.emulator.store import Row

COLORS = ("#39A8EF", "#2FC6F6", "#55D0E0", "#47E4C2", "#FFA900", "#7BD500", "#FF5752")
SEMANTICS = {"S": "success", "F": "failure", "A": "apology", "": "process"}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; `semantics` is P in progress, S success, F failure, A its analysis."""

    id: str
    name: str
    semantics: str

    @property
    def letter(self) -> str:
        """What a record shows: P, S or F."""
        return "F" if self.semantics == "A" else self.semantics


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel with its stages, the first one being where records start."""

    id: int
    name: str
    sort: int
    default: bool
    entity_id: str
    stages: tuple[Stage, ...]


DEAL = (
    "NEW:Новая PREPARATION:Подготовка_документов PREPAYMENT_INVOICE:Счёт_на_предоплату "
    "EXECUTING:В_работе FINAL_INVOICE:Финальный_счёт WON:Сделка_успешна:S "
    "LOSE:Сделка_провалена:F APOLOGY:Анализ_причины_провала:A"
)
REPAIR = "NEW:Заявка UC_N1LWUS:Диагностика UC_7KQ2AB:Согласование WON:Закрыта:S LOSE:Отказ:F"
PARTNERS = (
    "NEW:First_contact PREPAYMENT_INVOICE:Contract UC_PARTNR:Pilot 💼 WON:Signed:S LOSE:Lost:F"
).replace(" 💼", "_💼")
LEAD = "NEW:Не_обработан IN_PROCESS:В_работе PROCESSED:Обработан CONVERTED:Качественный:S JUNK:Некачественный:F"  # noqa: E501
QUOTE = "DRAFT:Черновик SENT:Отправлено RECEIVED:Получено APPROVED:Принято:S DECLAINED:Отклонено:F"
INVOICE = "N:Новый S:Отправлен P:Оплачен:S D:Не_оплачен:F"
PROCESS = "NEW:Начало PREPARATION:Подготовка CLIENT:У_клиента SUCCESS:Успех:S FAIL:Провал:F"

SIMPLE = {
    "SOURCE": "CALL:Звонок EMAIL:Электронная_почта WEB:Веб-сайт ADVERTISING:Реклама "
    "PARTNER:Существующий_клиент RECOMMENDATION:По_рекомендации TRADE_SHOW:Выставка "
    "WEBFORM:CRM-форма CALLBACK:Обратный_звонок OTHER:Другое UC_8H2K1X:Telegram",
    "CONTACT_TYPE": "CLIENT:Клиенты SUPPLIER:Поставщики PARTNER:Партнёры OTHER:Другое",
    "COMPANY_TYPE": "CUSTOMER:Клиент SUPPLIER:Поставщик COMPETITOR:Конкурент PARTNER:Партнёр",
    "EMPLOYEES": "EMPLOYEES_1:менее_50 EMPLOYEES_2:50-250 EMPLOYEES_3:250-500",
    "INDUSTRY": "IT:Информационные_технологии TELECOM:Связь MANUFACTURING:Производство "
    "BANKING:Банки CONSULTING:Консалтинг FINANCE:Финансы DELIVERY:Доставка OTHER:Другое",
    "DEAL_TYPE": "SALE:Продажа COMPLEX:Комплексная_продажа GOODS:Продажа_товара "
    "SERVICES:Услуги SERVICE:Сервисное_обслуживание",
    "HONORIFIC": "HNR_RU_1:г-н HNR_RU_2:г-жа",
    "EVENT_TYPE": "INFO:Информация PHONE:Телефонный_звонок MESSAGE:Отправлено_письмо",
    "CALL_LIST": "IN_WORK:В_работе SUCCESS:Успешно WRONG_NUMBER:Неверный_номер",
}

CURRENCIES = (
    ("RUB", "1.0000", "Y", "Российский рубль", "# &#8381;", "&nbsp;"),
    ("USD", "92.5000", "N", "Доллар США", "$#", None),
    ("EUR", "99.7600", "N", "Евро", "# €", "&nbsp;"),
    ("CNY", "12.8000", "N", "Юань", "# 元", "&nbsp;"),
)


def funnel(
    funnel_id: int, name: str, *, entity_id: str, table: str, prefix: str = "", default: bool
) -> Funnel:
    """Read a stage table; ids get the prefix and are cut to 21 characters as Bitrix24 does."""
    stages = []
    for word in table.split():
        code, title, *rest = word.split(":")
        semantics = rest[0] if rest else "P"
        stages.append(Stage(f"{prefix}{code}"[:21], title.replace("_", " "), semantics))
    return Funnel(funnel_id, name, 200 + 100 * default, default, entity_id, tuple(stages))


def deal_funnels() -> list[Funnel]:
    """The default funnel and two more."""
    return [
        funnel(0, "Общая", entity_id="DEAL_STAGE", table=DEAL, default=True),
        funnel(1, "Ремонт", entity_id="DEAL_STAGE_1", table=REPAIR, prefix="C1:", default=False),
        funnel(
            10, "Partners", entity_id="DEAL_STAGE_10", table=PARTNERS, prefix="C10:", default=False
        ),
    ]


def statuses(funnels: Iterable[Funnel]) -> list[Row]:
    """The rows of `crm.status.list`; a stage belongs to its funnel."""
    numbers = count(101, 2)
    rows = [row for each in funnels for row in _stage_rows(each, numbers)]
    for entity_id, table in SIMPLE.items():
        for place, word in enumerate(table.split()):
            code, name = word.split(":")
            system = "Y" if place == 0 else "N"
            title = name.replace("_", " ")
            row = _row(next(numbers), entity_id, code=code, name=title, place=place, system=system)
            rows.append(row)
    return rows


def stage_rows(each: Funnel, *, first_id: int) -> list[Row]:
    """The rows of a new funnel's stages."""
    return list(_stage_rows(each, count(first_id, 2)))


def _stage_rows(each: Funnel, numbers: Iterator[int]) -> Iterator[Row]:
    with_extra = not each.entity_id.startswith(("DYNAMIC", "SMART"))
    for place, stage in enumerate(each.stages):
        system = "Y" if place == 0 or stage.semantics in "SF" else "N"
        row = _row(
            next(numbers),
            each.entity_id,
            code=stage.id,
            name=stage.name,
            place=place,
            system=system,
        )
        color = COLORS[min(place, len(COLORS) - 1)]
        row |= {"COLOR": color, "SEMANTICS": None if stage.letter == "P" else stage.letter}
        if each.id:
            row["CATEGORY_ID"] = str(each.id)
        if with_extra:
            kind = SEMANTICS["" if stage.semantics == "P" else stage.semantics]
            row["EXTRA"] = {"SEMANTICS": kind, "COLOR": color}
        yield row


def _row(number: int, entity_id: str, *, code: str, name: str, place: int, system: str) -> Row:
    return {
        "ID": str(number),
        "ENTITY_ID": entity_id,
        "STATUS_ID": code,
        "NAME": name,
        "NAME_INIT": name if system == "Y" else "",
        "SORT": str(10 * (place + 1)),
        "SYSTEM": system,
        "CATEGORY_ID": None,
        "COLOR": None,
        "SEMANTICS": None,
    }


def currencies(moment: str) -> list[Row]:
    """The rows of `crm.currency.list`."""
    return [
        {
            "CURRENCY": code,
            "AMOUNT_CNT": "1",
            "AMOUNT": amount,
            "SORT": str(100 * (place + 1)),
            "BASE": base,
            "FULL_NAME": name,
            "LID": "ru",
            "FORMAT_STRING": pattern,
            "DEC_POINT": ".",
            "THOUSANDS_SEP": separator,
            "DECIMALS": "2",
            "DATE_UPDATE": moment,
        }
        for place, (code, amount, base, name, pattern, separator) in enumerate(CURRENCIES)
    ]
