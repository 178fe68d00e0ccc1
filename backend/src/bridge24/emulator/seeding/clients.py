"""Contacts and companies of a fresh portal, and how records point at each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from bridge24.emulator.calls import words
from bridge24.emulator.seeding.moments import Moments
from bridge24.emulator.seeding.source import Block, Dice
from bridge24.emulator.seeding.words import (
    CITIES,
    COMMENTS,
    COMPANY_FORMS,
    COMPANY_WORDS,
    DOMAINS,
    FIRST_NAMES,
    LAST_NAMES,
    LOGINS,
    POSITIONS,
    SECOND_NAMES,
    SOURCE_NOTES,
    STREETS,
    UTM_SOURCES,
)
from bridge24.emulator.store import Row, id_at

ADDRESS_PARTS = words("2 CITY POSTAL_CODE REGION PROVINCE COUNTRY COUNTRY_CODE LOC_ADDR_ID")
CONTRACTOR = 1


@dataclass(frozen=True, slots=True)
class Links:
    """Draws related records; a third of the rows have none, spelt null or "0"."""

    counts: Mapping[str, int]
    dice: Dice

    def one(self, entity: str, row_id: int) -> str | None:
        """One related record, as a classic method shows it."""
        count = self.counts.get(entity, 0)
        luck = self.dice.pick(row_id + len(entity), 6)
        if not count or luck == 0:
            return None
        if luck == 1:
            return "0"
        return str(id_at(self.dice.pick(row_id, count)))

    def several(self, entity: str, row_id: int) -> list[str]:
        """Zero to two related records, the primary first."""
        first = self.one(entity, row_id)
        if first in (None, "0"):
            return []
        second = self.one(entity, row_id + 1_000_003)
        return [first] if second in (None, "0", first) else [first, second]


def multifields(row_id: int, dice: Dice) -> Row:
    """Phones, e-mails, sites and messengers, and the flags that tell of them."""
    phones = [
        _entry(row_id, place, "PHONE", kind, f"+7 9{dice.pick(row_id + place, 10**9):09}")
        for place, kind in enumerate(("WORK", "MOBILE")[: dice.pick(row_id, 3)])
    ]
    login = LOGINS[dice.pick(row_id, len(LOGINS))]
    domain = DOMAINS[dice.pick(row_id + 2, len(DOMAINS))]
    emails = [
        _entry(row_id, 2 + place, "EMAIL", kind, f"{login}{row_id}@{domain}")
        for place, kind in enumerate(("WORK", "MAILING")[: dice.pick(row_id + 9, 3)])
    ]
    web = [_entry(row_id, 4, "WEB", "WORK", f"https://{domain}/?id={row_id}")]
    chat = [_entry(row_id, 5, "IM", "OPENLINE", f"imol|livechat|1|{row_id}|21")]
    return {
        "HAS_PHONE": "Y" if phones else "N",
        "HAS_EMAIL": "Y" if emails else "N",
        "HAS_IMOL": "Y" if row_id % 10 == 3 else "N",
        "PHONE": phones,
        "EMAIL": emails,
        "WEB": web if row_id % 4 == 1 else [],
        "IM": chat if row_id % 10 == 3 else [],
        "LINK": [],
    }


def _entry(row_id: int, place: int, kind: str, value_type: str, value: str) -> Row:
    number = str(row_id * 6 + place)
    return {"ID": number, "VALUE_TYPE": value_type, "VALUE": value, "TYPE_ID": kind}


class Contacts:
    """What differs from contact to contact."""

    def __init__(self, seed: int, *, moments: Moments, links: Links) -> None:
        self._dice = Dice(seed, "contact")
        self._moments = moments
        self._links = links
        self.quick: Mapping[str, Callable[[int], Any]] = {
            "ID": str,
            "DATE_CREATE": moments.created_text,
            "DATE_MODIFY": moments.modified_text,
        }
        self.codes = frozenset(self.row(1))

    def row(self, row_id: int) -> Row:
        pick = self._dice.pick
        companies = self._links.several("company", row_id)
        modified = self._moments.modified_text(row_id)
        birthday = self._moments.zone.day(pick(row_id, 14_000))
        return {
            "ID": str(row_id),
            "NAME": FIRST_NAMES[pick(row_id, len(FIRST_NAMES))],
            "LAST_NAME": LAST_NAMES[pick(row_id + 1, len(LAST_NAMES))],
            "COMPANY_ID": companies[0] if companies else None,
            "COMPANY_IDS": companies,
            "LEAD_ID": self._links.one("lead", row_id),
            "BIRTHDATE": birthday if row_id % 3 else "",
            "DATE_CREATE": self._moments.created_text(row_id),
            "DATE_MODIFY": modified,
            "LAST_ACTIVITY_TIME": modified,
            **multifields(row_id, self._dice),
        }


def contact_blocks(seed: int) -> list[Block]:
    """What contacts share."""
    chance = Random(f"{seed}:contact")
    variants = [
        {
            "POST": chance.choice((None, "", *POSITIONS)),
            "COMMENTS": chance.choice(COMMENTS),
            "HONORIFIC": chance.choice((None, "HNR_RU_1", "HNR_RU_2")),
            "SECOND_NAME": chance.choice((None, "", *SECOND_NAMES)),
            "PHOTO": chance.choice((None, None, 512)),
            "TYPE_ID": chance.choice(("CLIENT", "PARTNER", "SUPPLIER", "", None)),
            **_service_fields(chance),
            "EXPORT": chance.choice("YN"),
            "ORIGIN_VERSION": None,
            "FACE_ID": None,
            "PARENT_ID_1030": chance.choice((None, "2")),
            "CATEGORY_ID": str(CONTRACTOR) if chance.random() < 0.02 else "0",
        }
        for _ in range(256)
    ]
    return [Block(variants, Dice(seed, "contact:shared")), address_block(seed, "contact")]


class Companies:
    """What differs from company to company; the first one is the portal owner's own."""

    def __init__(self, seed: int, *, moments: Moments, links: Links) -> None:
        self._dice = Dice(seed, "company")
        self._moments = moments
        self._links = links
        self.quick: Mapping[str, Callable[[int], Any]] = {
            "ID": str,
            "DATE_CREATE": moments.created_text,
            "DATE_MODIFY": moments.modified_text,
        }
        self.codes = frozenset(self.row(1))

    def row(self, row_id: int) -> Row:
        pick = self._dice.pick
        form = COMPANY_FORMS[pick(row_id, len(COMPANY_FORMS))]
        word = COMPANY_WORDS[pick(row_id + 1, len(COMPANY_WORDS))]
        modified = self._moments.modified_text(row_id)
        return {
            "ID": str(row_id),
            "TITLE": form.format(f"{word}-{row_id}"),
            "LEAD_ID": self._links.one("lead", row_id),
            "REVENUE": "0" if row_id % 3 else f"{pick(row_id, 10**9)}.00",
            "DATE_CREATE": self._moments.created_text(row_id),
            "DATE_MODIFY": modified,
            "IS_MY_COMPANY": "Y" if row_id == 1 else "N",
            "CONTACT_IDS": self._links.several("contact", row_id),
            "LAST_ACTIVITY_TIME": modified,
            **multifields(row_id, self._dice),
        }


def company_blocks(seed: int) -> list[Block]:
    """What companies share."""
    chance = Random(f"{seed}:company")
    kinds = ("CUSTOMER", "SUPPLIER", "PARTNER", "")
    variants = [
        {
            "COMPANY_TYPE": chance.choice(kinds),
            "LOGO": chance.choice((None, None, 777)),
            "BANKING_DETAILS": chance.choice((None, "", "р/с 40702810000000000001")),
            "INDUSTRY": chance.choice(("IT", "FINANCE", "OTHER", None)),
            "CURRENCY_ID": "RUB",
            "EMPLOYEES": chance.choice(("EMPLOYEES_1", "EMPLOYEES_2", None)),
            "COMMENTS": chance.choice(COMMENTS),
            **_service_fields(chance),
            "ORIGIN_VERSION": None,
            "LAST_COMMUNICATION_TIME": chance.choice((None, "24.08.2023 13:19:39")),
            "PARENT_ID_1030": None,
            "CATEGORY_ID": "0",
        }
        for _ in range(256)
    ]
    for variant in variants:
        del variant["SOURCE_ID"], variant["SOURCE_DESCRIPTION"]
    shared = Block(variants, Dice(seed, "company:shared"))
    registered = address_block(seed, "company:registered", prefix="REG_ADDRESS")
    return [shared, address_block(seed, "company"), registered]


def address_block(seed: int, name: str, *, prefix: str = "ADDRESS") -> Block:
    """Postal addresses; most rows have none."""
    chance = Random(f"{seed}:{name}:address")
    nothing = dict.fromkeys((prefix, *(f"{prefix}_{part}" for part in ADDRESS_PARTS)))
    variants: list[Row] = [dict(nothing) for _ in range(48)]
    for number in range(48):
        filled = {
            prefix: f"{chance.choice(STREETS)}, {chance.randint(1, 150)}",
            f"{prefix}_CITY": chance.choice(CITIES),
            f"{prefix}_COUNTRY": chance.choice(("Россия", "Germany", None)),
            f"{prefix}_LOC_ADDR_ID": str(number + 1),
        }
        variants.append(nothing | filled)
    if prefix != "ADDRESS":
        for variant in variants:
            variant["ADDRESS_LEGAL"] = variant[prefix]
    return Block(variants, Dice(seed, f"{name}:address"))


def _service_fields(chance: Random) -> Row:
    return {
        "ASSIGNED_BY_ID": str(chance.randint(1, 12)),
        "CREATED_BY_ID": str(chance.randint(1, 9)),
        "MODIFY_BY_ID": str(chance.randint(1, 9)),
        "LAST_ACTIVITY_BY": str(chance.randint(1, 9)),
        "OPENED": chance.choice("YN"),
        "SOURCE_ID": chance.choice(("WEB", "CALL", "", None)),
        "SOURCE_DESCRIPTION": chance.choice(SOURCE_NOTES),
        "ORIGINATOR_ID": None,
        "ORIGIN_ID": None,
        "UTM_SOURCE": chance.choice(UTM_SOURCES),
        "UTM_MEDIUM": None,
        "UTM_CAMPAIGN": None,
        "UTM_CONTENT": None,
        "UTM_TERM": None,
    }
