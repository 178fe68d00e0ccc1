"""Deals, leads and quotes of a fresh portal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from bridge24.emulator.seeding.clients import Links, address_block, multifields
from bridge24.emulator.seeding.dictionaries import Funnel, Stage
from bridge24.emulator.seeding.moments import Moments
from bridge24.emulator.seeding.source import Block, Dice
from bridge24.emulator.seeding.words import (
    COMMENTS,
    COMPANY_FORMS,
    COMPANY_WORDS,
    FIRST_NAMES,
    GOODS,
    LAST_NAMES,
    LONG_COMMENT,
    LONG_TITLE,
    POSITIONS,
    SECOND_NAMES,
    SOURCE_NOTES,
    TITLE_TAILS,
    UTM_CAMPAIGNS,
    UTM_MEDIUMS,
    UTM_SOURCES,
)
from bridge24.emulator.store import Row, position_of

FIRST_STAGE = (0, 5)
SOURCES = ("CALL", "EMAIL", "WEB", "ADVERTISING", "TRADE_SHOW", "UC_8H2K1X", "", None)


def stays_in_first_stage(row_id: int) -> bool:
    """Whether a record never left the stage it began in: two of eight."""
    return position_of(row_id) % 8 in FIRST_STAGE


class Stages:
    """Draws a funnel and a stage for each record."""

    def __init__(self, funnels: Sequence[Funnel], dice: Dice) -> None:
        self._funnels = funnels
        self._dice = dice

    def funnel(self, row_id: int) -> Funnel:
        """The funnel of a record; half of them are in the first."""
        number = self._dice.pick(row_id, 2 * len(self._funnels))
        return self._funnels[number if number < len(self._funnels) else 0]

    def stage(self, row_id: int) -> Stage:
        """The stage it is in now."""
        stages = self.funnel(row_id).stages
        if stays_in_first_stage(row_id):
            return stages[0]
        return stages[1 + self._dice.pick(row_id + 13, len(stages) - 1)]


def title(row_id: int, dice: Dice) -> str:
    """What a manager typed; a few are 300 characters long or full of special signs."""
    if row_id % 211 == 7:
        return LONG_TITLE
    goods = GOODS[dice.pick(row_id, len(GOODS))]
    return f"{goods} #{row_id}{TITLE_TAILS[dice.pick(row_id + 1, len(TITLE_TAILS))]}"


def comment(row_id: int, dice: Dice) -> str | None:
    """A comment; very rarely 70,000 characters, or with a NUL an import left behind."""
    if row_id % 2_003 == 17:
        return LONG_COMMENT
    if row_id % 997 == 19:
        return "Импорт из старой базы\u0000 (битая строка)"
    return COMMENTS[dice.pick(row_id + 5, len(COMMENTS))]


def money(row_id: int, dice: Dice) -> str:
    """An amount with two digits, from nothing to hundreds of millions."""
    size = dice.pick(row_id + 3, 8)
    return f"{dice.pick(row_id + 4, 10 ** (size + 1))}.{dice.pick(row_id, 100):02}"


class Deals:
    """What differs from deal to deal."""

    def __init__(self, seed: int, *, moments: Moments, stages: Stages, links: Links) -> None:
        self._dice = Dice(seed, "deal")
        self._moments = moments
        self._stages = stages
        self._links = links
        self.quick: Mapping[str, Callable[[int], Any]] = {
            "ID": str,
            "DATE_CREATE": moments.created_text,
            "DATE_MODIFY": moments.modified_text,
            "STAGE_ID": lambda row_id: stages.stage(row_id).id,
            "CATEGORY_ID": lambda row_id: str(stages.funnel(row_id).id),
        }
        self.codes = frozenset(self.row(1))

    def row(self, row_id: int) -> Row:
        dice, moments, links = self._dice, self._moments, self._links
        created = moments.created(row_id)
        modified = moments.modified_text(row_id)
        stage = self._stages.stage(row_id)
        first_day = created // 86_400
        contacts = links.several("contact", row_id)
        return {
            "ID": str(row_id),
            "TITLE": title(row_id, dice),
            "STAGE_ID": stage.id,
            "OPPORTUNITY": money(row_id, dice),
            "COMPANY_ID": links.one("company", row_id),
            "CONTACT_ID": contacts[0] if contacts else None,
            "CONTACT_IDS": contacts,
            "LEAD_ID": links.one("lead", row_id),
            "BEGINDATE": moments.zone.day(first_day),
            "CLOSEDATE": moments.zone.day(first_day + 7 + dice.pick(row_id, 60)),
            "DATE_CREATE": moments.zone.moment(created),
            "DATE_MODIFY": modified,
            "CLOSED": "N" if stage.letter == "P" else "Y",
            "COMMENTS": comment(row_id, dice),
            "CATEGORY_ID": str(self._stages.funnel(row_id).id),
            "STAGE_SEMANTIC_ID": stage.letter,
            "IS_NEW": "Y" if stays_in_first_stage(row_id) else "N",
            "ORIGIN_ID": str(10**19 + row_id) if row_id % 9 == 2 else None,
            "MOVED_TIME": modified,
            "LAST_ACTIVITY_TIME": modified,
        }


def deal_blocks(seed: int) -> list[Block]:
    """What deals share."""
    chance = Random(f"{seed}:deal")
    variants = [
        {
            "TYPE_ID": chance.choice(("SALE", "COMPLEX", "GOODS", "SERVICES", "")),
            "PROBABILITY": chance.choice((None, "", "10", "50", "99")),
            "CURRENCY_ID": chance.choice(("RUB", "RUB", "RUB", "EUR", "USD")),
            "IS_MANUAL_OPPORTUNITY": chance.choice("YN"),
            "TAX_VALUE": chance.choice(("0.00", "0.00", "20.00")),
            "QUOTE_ID": chance.choice((None, None, "0", "3")),
            **_service_fields(chance),
            "MOVED_BY_ID": str(chance.randint(1, 9)),
            "OPENED": chance.choice("YYN"),
            "ADDITIONAL_INFO": chance.choice((None, "", "Согласовано с юристом")),
            "LOCATION_ID": None,
            "IS_RECURRING": "Y" if chance.random() < 0.01 else "N",
            "IS_RETURN_CUSTOMER": chance.choice("YN"),
            "IS_REPEATED_APPROACH": chance.choice("NNY"),
            "ORIGINATOR_ID": chance.choice((None, None, "1C")),
            "PARENT_ID_1030": chance.choice((None, None, "2")),
            "OBSERVERS": chance.choice(([], [], ["1", "2"])),
            "WEBFORM_ID": chance.choice((None, "0", "4")),
        }
        for _ in range(256)
    ]
    return [Block(variants, Dice(seed, "deal:shared"))]


class Leads:
    """What differs from lead to lead."""

    def __init__(self, seed: int, *, moments: Moments, stages: Stages, links: Links) -> None:
        self._dice = Dice(seed, "lead")
        self._moments = moments
        self._stages = stages
        self._links = links
        self.quick: Mapping[str, Callable[[int], Any]] = {
            "ID": str,
            "DATE_CREATE": moments.created_text,
            "DATE_MODIFY": moments.modified_text,
            "STATUS_ID": lambda row_id: stages.stage(row_id).id,
        }
        self.codes = frozenset(self.row(1))

    def row(self, row_id: int) -> Row:
        dice, links = self._dice, self._links
        modified = self._moments.modified_text(row_id)
        stage = self._stages.stage(row_id)
        contacts = links.several("contact", row_id)
        fields = multifields(row_id, dice)
        return {
            "ID": str(row_id),
            "TITLE": title(row_id, dice),
            "COMPANY_ID": links.one("company", row_id),
            "CONTACT_ID": contacts[0] if contacts else None,
            "CONTACT_IDS": contacts,
            "STATUS_ID": stage.id,
            "COMMENTS": comment(row_id, dice),
            "OPPORTUNITY": money(row_id, dice),
            "DATE_CREATE": self._moments.created_text(row_id),
            "DATE_MODIFY": modified,
            "DATE_CLOSED": "" if stage.letter == "P" else modified,
            "STATUS_SEMANTIC_ID": stage.letter,
            "MOVED_TIME": modified,
            "LAST_ACTIVITY_TIME": modified,
            **fields,
        }


def lead_blocks(seed: int) -> list[Block]:
    """What leads share."""
    chance = Random(f"{seed}:lead")
    variants = [
        {
            "HONORIFIC": chance.choice((None, "HNR_RU_1", "HNR_RU_2")),
            "NAME": chance.choice((*FIRST_NAMES, "", None)),
            "SECOND_NAME": chance.choice((None, *SECOND_NAMES)),
            "LAST_NAME": chance.choice((*LAST_NAMES, None)),
            "COMPANY_TITLE": chance.choice((None, company_title(chance))),
            "IS_RETURN_CUSTOMER": chance.choice("YN"),
            "BIRTHDATE": chance.choice(("", "", "1985-05-17T03:00:00+03:00")),
            "STATUS_DESCRIPTION": chance.choice((None, "", "Не дозвонились")),
            "POST": chance.choice((None, *POSITIONS)),
            "CURRENCY_ID": chance.choice(("RUB", "RUB", "USD")),
            "IS_MANUAL_OPPORTUNITY": chance.choice("YN"),
            **_service_fields(chance),
            "MOVED_BY_ID": str(chance.randint(1, 9)),
            "OPENED": chance.choice("YYN"),
            "ORIGINATOR_ID": None,
            "ORIGIN_ID": None,
            "OBSERVERS": [],
            "WEBFORM_ID": chance.choice((None, "0")),
        }
        for _ in range(256)
    ]
    return [Block(variants, Dice(seed, "lead:shared")), address_block(seed, "lead")]


class Quotes:
    """What differs from quote to quote."""

    def __init__(self, seed: int, *, moments: Moments, stages: Stages, links: Links) -> None:
        self._dice = Dice(seed, "quote")
        self._moments = moments
        self._stages = stages
        self._links = links
        self.quick: Mapping[str, Callable[[int], Any]] = {
            "ID": str,
            "DATE_MODIFY": moments.modified_text,
        }
        self.codes = frozenset(self.row(1))

    def row(self, row_id: int) -> Row:
        zone, created = self._moments.zone, self._moments.created(row_id)
        stage = self._stages.stage(row_id)
        contacts = self._links.several("contact", row_id)
        return {
            "ID": str(row_id),
            "TITLE": f"Предложение: {title(row_id, self._dice)}",
            "STATUS_ID": stage.id,
            "OPPORTUNITY": money(row_id, self._dice),
            "COMPANY_ID": self._links.one("company", row_id),
            "CONTACT_ID": contacts[0] if contacts else None,
            "CONTACT_IDS": contacts,
            "BEGINDATE": zone.day(created // 86_400),
            "CLOSEDATE": zone.day(created // 86_400 + 14),
            "ACTUAL_DATE": zone.day(created // 86_400 + 14),
            "DATE_CREATE": zone.moment(created),
            "DATE_MODIFY": self._moments.modified_text(row_id),
            "CLOSED": "N" if stage.letter == "P" else "Y",
            "QUOTE_NUMBER": str(row_id),
            "DEAL_ID": self._links.one("deal", row_id),
            "LAST_ACTIVITY_TIME": self._moments.modified_text(row_id),
        }


def quote_blocks(seed: int) -> list[Block]:
    """What quotes share."""
    chance = Random(f"{seed}:quote")
    nothing = "LEAD_ID CONTENT TERMS LOCATION_ID CLIENT_TITLE CLIENT_ADDR CLIENT_CONTACT"
    rest = "CLIENT_EMAIL CLIENT_PHONE CLIENT_TP_ID CLIENT_TPA_ID LAST_COMMUNICATION_TIME"
    variants = [
        {
            "CURRENCY_ID": chance.choice(("RUB", "EUR")),
            "TAX_VALUE": "0.00",
            "MYCOMPANY_ID": "1",
            **_service_fields(chance),
            "OPENED": "Y",
            "COMMENTS": chance.choice(COMMENTS),
            "PERSON_TYPE_ID": "1",
            **dict.fromkeys(f"{nothing} {rest}".split()),
        }
        for _ in range(96)
    ]
    return [Block(variants, Dice(seed, "quote:shared"))]


def company_title(chance: Random) -> str:
    """A company's name with its legal form."""
    return chance.choice(COMPANY_FORMS).format(chance.choice(COMPANY_WORDS))


def _service_fields(chance: Random) -> Row:
    return {
        "ASSIGNED_BY_ID": str(chance.randint(1, 12)),
        "CREATED_BY_ID": str(chance.randint(1, 9)),
        "MODIFY_BY_ID": str(chance.randint(1, 9)),
        "LAST_ACTIVITY_BY": str(chance.randint(1, 9)),
        "SOURCE_ID": chance.choice(SOURCES),
        "SOURCE_DESCRIPTION": chance.choice(SOURCE_NOTES),
        "UTM_SOURCE": chance.choice(UTM_SOURCES),
        "UTM_MEDIUM": chance.choice(UTM_MEDIUMS),
        "UTM_CAMPAIGN": chance.choice(UTM_CAMPAIGNS),
        "UTM_CONTENT": None,
        "UTM_TERM": None,
    }
