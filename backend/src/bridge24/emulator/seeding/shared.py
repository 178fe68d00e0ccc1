"""What deals, leads and quotes share with others of their kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from bridge24.emulator.seeding.addresses import address_block
from bridge24.emulator.seeding.dictionaries import Funnel
from bridge24.emulator.seeding.links import Links
from bridge24.emulator.seeding.sales import money, staged_block
from bridge24.emulator.seeding.source import Block, Dice
from bridge24.emulator.seeding.words import (
    COMPANY_FORMS,
    COMPANY_WORDS,
    FIRST_NAMES,
    LAST_NAMES,
    POSITIONS,
    SECOND_NAMES,
    SOURCE_NOTES,
    UTM_CAMPAIGNS,
    UTM_MEDIUMS,
    UTM_SOURCES,
)
from bridge24.emulator.store import Row

SOURCES = ("CALL", "EMAIL", "WEB", "ADVERTISING", "TRADE_SHOW", "UC_8H2K1X", "", None)
VARIANTS = 256


def deal_blocks(seed: int, funnels: Sequence[Funnel], links: Links) -> list[Block]:
    """What deals share."""

    def rest(chance: Random) -> Row:
        return {
            **linked(links, "company", "lead"),
            "OPPORTUNITY": money(chance),
            "PROBABILITY": chance.choice((None, "", "10", "50", "99")),
            "OBSERVERS": chance.choice(([], [], ["1", "2"])),
        }

    def shared(chance: Random) -> Row:
        return {
            "TYPE_ID": chance.choice(("SALE", "COMPLEX", "GOODS", "SERVICES", "")),
            "CURRENCY_ID": chance.choice(("RUB", "RUB", "RUB", "EUR", "USD")),
            "IS_MANUAL_OPPORTUNITY": chance.choice("YN"),
            "TAX_VALUE": chance.choice(("0.00", "0.00", "20.00")),
            "QUOTE_ID": chance.choice((None, None, "0", "3")),
            **service(chance),
            **campaign(chance),
            "MOVED_BY_ID": str(chance.randint(1, 9)),
            "ADDITIONAL_INFO": chance.choice((None, "", "Согласовано с юристом")),
            "LOCATION_ID": None,
            "IS_RECURRING": "Y" if chance.random() < 0.01 else "N",
            "IS_RETURN_CUSTOMER": chance.choice("YN"),
            "IS_REPEATED_APPROACH": chance.choice("NNY"),
            "ORIGINATOR_ID": chance.choice((None, None, "1C")),
            "PARENT_ID_1030": chance.choice((None, None, "2")),
            "WEBFORM_ID": chance.choice((None, "0", "4")),
        }

    staged = staged_block(funnels, "STAGE_ID", seed=seed, name="deal", rest=rest)
    return [staged, block(seed, "deal", shared)]


def lead_blocks(seed: int, funnels: Sequence[Funnel], links: Links) -> list[Block]:
    """What leads share."""

    def rest(chance: Random) -> Row:
        return {**linked(links, "company"), "OPPORTUNITY": money(chance)}

    def shared(chance: Random) -> Row:
        return {
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
            **service(chance),
            **campaign(chance),
            "MOVED_BY_ID": str(chance.randint(1, 9)),
            "ORIGINATOR_ID": None,
            "OBSERVERS": [],
            "WEBFORM_ID": chance.choice((None, "0")),
        }

    staged = staged_block(funnels, "STATUS_ID", seed=seed, name="lead", rest=rest)
    return [staged, block(seed, "lead", shared), address_block(seed, "lead")]


def quote_blocks(seed: int, funnels: Sequence[Funnel], links: Links) -> list[Block]:
    """What quotes share."""
    nothing = (
        "LEAD_ID CONTENT TERMS LOCATION_ID CLIENT_TITLE CLIENT_ADDR CLIENT_CONTACT CLIENT_EMAIL "
        "CLIENT_PHONE CLIENT_TP_ID CLIENT_TPA_ID LAST_COMMUNICATION_TIME"
    )

    def rest(chance: Random) -> Row:
        return {**linked(links, "company", "deal"), "OPPORTUNITY": money(chance)}

    def shared(chance: Random) -> Row:
        return {
            "CURRENCY_ID": chance.choice(("RUB", "EUR")),
            "TAX_VALUE": "0.00",
            "MYCOMPANY_ID": "1",
            **service(chance),
            **campaign(chance),
            "PERSON_TYPE_ID": "1",
            **dict.fromkeys(nothing.split()),
        }

    staged = staged_block(funnels, "STATUS_ID", seed=seed, name="quote", rest=rest)
    return [staged, block(seed, "quote", shared)]


def block(seed: int, name: str, make: Callable[[Random], Row]) -> Block:
    """A block of variants drawn one after the other."""
    chance = Random(f"{seed}:{name}")
    return Block([make(chance) for _ in range(VARIANTS)], Dice(seed, f"{name}:shared"))


def linked(links: Links, *entities: str) -> Row:
    """Contacts, the primary first, and one record of each other entity."""
    contacts = links.several("contact")
    row: Row = {f"{entity.upper()}_ID": links.one(entity) for entity in entities}
    return row | {"CONTACT_ID": contacts[0] if contacts else None, "CONTACT_IDS": contacts}


def service(chance: Random) -> Row:
    """Who did what with a record."""
    return {
        "ASSIGNED_BY_ID": str(chance.randint(1, 12)),
        "CREATED_BY_ID": str(chance.randint(1, 9)),
        "MODIFY_BY_ID": str(chance.randint(1, 9)),
        "LAST_ACTIVITY_BY": str(chance.randint(1, 9)),
        "OPENED": chance.choice("YYN"),
    }


def campaign(chance: Random) -> Row:
    """Where a record came from."""
    return {
        "SOURCE_ID": chance.choice(SOURCES),
        "SOURCE_DESCRIPTION": chance.choice(SOURCE_NOTES),
        "UTM_SOURCE": chance.choice(UTM_SOURCES),
        "UTM_MEDIUM": chance.choice(UTM_MEDIUMS),
        "UTM_CAMPAIGN": chance.choice(UTM_CAMPAIGNS),
        "UTM_CONTENT": None,
        "UTM_TERM": None,
    }


def company_title(chance: Random) -> str:
    """A company's name with its legal form."""
    return chance.choice(COMPANY_FORMS).format(chance.choice(COMPANY_WORDS))
