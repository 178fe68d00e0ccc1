"""Contacts and companies of a fresh portal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from bridge24.emulator.seeding.addresses import address_block
from bridge24.emulator.seeding.links import Links
from bridge24.emulator.seeding.moments import Moments
from bridge24.emulator.seeding.multifields import multifields
from bridge24.emulator.seeding.shared import block, campaign, service
from bridge24.emulator.seeding.source import Block, Dice
from bridge24.emulator.seeding.words import (
    COMMENTS,
    COMPANY_FORMS,
    COMPANY_WORDS,
    FIRST_NAMES,
    LAST_NAMES,
    POSITIONS,
    SECOND_NAMES,
)
from bridge24.emulator.store import Row

CONTRACTORS = "1"
"""The funnel of contacts that deliver goods to the portal's owner."""


class Clients:
    """What differs from contact to contact, and from company to company."""

    def __init__(self, seed: int, name: str, *, moments: Moments) -> None:
        self._dice = Dice(seed, name)
        self._moments = moments
        self._named = self._company if name == "company" else self._contact
        self.quick: Mapping[str, Callable[[int], Any]] = {
            "ID": str,
            "DATE_CREATE": moments.created_text,
            "DATE_MODIFY": moments.modified_text,
        }
        self.seconds: Mapping[str, Callable[[int], int]] = {"DATE_MODIFY": moments.modified}
        self.codes = frozenset(self.row(1))

    def row(self, row_id: int) -> Row:
        """All of them."""
        modified = self._moments.modified_text(row_id)
        return {
            "ID": str(row_id),
            **self._named(row_id),
            "DATE_CREATE": self._moments.created_text(row_id),
            "DATE_MODIFY": modified,
            "LAST_ACTIVITY_TIME": modified,
            **multifields(row_id, self._dice),
        }

    def _contact(self, row_id: int) -> Row:
        drawn = self._dice.pick(row_id, 14_000)
        return {
            "NAME": FIRST_NAMES[drawn % len(FIRST_NAMES)],
            "LAST_NAME": LAST_NAMES[drawn % len(LAST_NAMES)],
            "BIRTHDATE": self._moments.zone.day(drawn) if row_id % 3 else "",
        }

    def _company(self, row_id: int) -> Row:
        """The first one is the portal owner's own."""
        drawn = self._dice.pick(row_id, 10**9)
        form = COMPANY_FORMS[drawn % len(COMPANY_FORMS)]
        return {
            "TITLE": form.format(f"{COMPANY_WORDS[drawn % len(COMPANY_WORDS)]}-{row_id}"),
            "REVENUE": "0" if row_id % 3 else f"{drawn}.00",
            "IS_MY_COMPANY": "Y" if row_id == 1 else "N",
        }


def contact_blocks(seed: int, links: Links) -> list[Block]:
    """What contacts share."""

    def shared(chance: Random) -> Row:
        companies = links.several("company")
        return {
            "POST": chance.choice((None, "", *POSITIONS)),
            "COMMENTS": chance.choice(COMMENTS),
            "HONORIFIC": chance.choice((None, "HNR_RU_1", "HNR_RU_2")),
            "SECOND_NAME": chance.choice((None, "", *SECOND_NAMES)),
            "PHOTO": chance.choice((None, None, 512)),
            "TYPE_ID": chance.choice(("CLIENT", "PARTNER", "SUPPLIER", "", None)),
            "COMPANY_ID": companies[0] if companies else None,
            "COMPANY_IDS": companies,
            "LEAD_ID": links.one("lead"),
            **service(chance),
            **campaign(chance),
            "EXPORT": chance.choice("YN"),
            **_no_origin(),
            "FACE_ID": None,
            "PARENT_ID_1030": chance.choice((None, "2")),
            "CATEGORY_ID": CONTRACTORS if chance.random() < 0.02 else "0",
        }

    return [block(seed, "contact", shared), address_block(seed, "contact")]


def company_blocks(seed: int, links: Links) -> list[Block]:
    """What companies share."""

    def shared(chance: Random) -> Row:
        return {
            "COMPANY_TYPE": chance.choice(("CUSTOMER", "SUPPLIER", "PARTNER", "")),
            "LOGO": chance.choice((None, None, 777)),
            "BANKING_DETAILS": chance.choice((None, "", "р/с 40702810000000000001")),
            "INDUSTRY": chance.choice(("IT", "FINANCE", "OTHER", None)),
            "CURRENCY_ID": "RUB",
            "EMPLOYEES": chance.choice(("EMPLOYEES_1", "EMPLOYEES_2", None)),
            "COMMENTS": chance.choice(COMMENTS),
            "LEAD_ID": links.one("lead"),
            "CONTACT_IDS": links.several("contact"),
            **service(chance),
            **_no_origin(),
            "LAST_COMMUNICATION_TIME": chance.choice((None, "24.08.2023 13:19:39")),
            "PARENT_ID_1030": None,
            "CATEGORY_ID": "0",
        }

    registered = address_block(seed, "company", prefix="REG_ADDRESS")
    return [block(seed, "company", shared), address_block(seed, "company"), registered]


def _no_origin() -> Row:
    return dict.fromkeys(("ORIGINATOR_ID", "ORIGIN_ID", "ORIGIN_VERSION"))
