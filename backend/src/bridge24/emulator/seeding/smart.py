"""Smart invoices and smart processes of a fresh portal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from bridge24.emulator.calls import words
from bridge24.emulator.schema import Field
from bridge24.emulator.seeding.dictionaries import INVOICE, PROCESS, Funnel, funnel
from bridge24.emulator.seeding.links import Links
from bridge24.emulator.seeding.moments import Moments
from bridge24.emulator.seeding.sales import money, staged_block, title
from bridge24.emulator.seeding.shared import block, campaign, linked
from bridge24.emulator.seeding.source import Block, Dice
from bridge24.emulator.seeding.words import COMMENTS
from bridge24.emulator.store import Row

SWITCHES = words(
    "isCategoriesEnabled isStagesEnabled isBeginCloseDatesEnabled isClientEnabled "
    "isUseInUserfieldEnabled isLinkWithProductsEnabled isMycompanyEnabled "
    "isDocumentsEnabled isSourceEnabled isObserversEnabled isRecyclebinEnabled "
    "isAutomationEnabled isBizProcEnabled isSetOpenPermissions isPaymentsEnabled "
    "isCountersEnabled"
)
ALL_ON = frozenset(SWITCHES)
INVOICE_TYPE = 31
PROJECTS = 1030
REQUESTS = 177


def types(moment: str) -> list[Row]:
    """The rows of `crm.type.list`: one process with everything, one with little."""
    little = ALL_ON - {"isLinkWithProductsEnabled", "isBeginCloseDatesEnabled", "isSourceEnabled"}
    return [
        type_row(3, "Проекты", PROJECTS, ALL_ON, moment),
        type_row(7, "Equipment requests", REQUESTS, little, moment),
    ]


def type_row(type_id: int, name: str, entity_type_id: int, on: frozenset[str], moment: str) -> Row:
    """One smart process as `crm.type.*` shows it."""
    row: Row = {
        "id": type_id,
        "title": name,
        "code": "",
        "createdBy": 1,
        "entityTypeId": entity_type_id,
        "customSectionId": None,
    }
    row |= {switch: "Y" if switch in on else "N" for switch in SWITCHES}
    return row | {"createdTime": moment, "updatedTime": moment, "updatedBy": 1}


def in_stages_of(each: Field, dictionary: str) -> Field:
    """Stages of smart processes name the dictionary of their first funnel."""
    if each.code not in {"STAGE_ID", "PREVIOUS_STAGE_ID"}:
        return each
    return replace(each, status_type=dictionary)


def funnels(entity_type_id: int) -> list[Funnel]:
    """The funnels of invoices and of the two processes; ids are unique in the portal."""
    if entity_type_id == INVOICE_TYPE:
        return [_funnel(5, "Общая", INVOICE_TYPE, "SMART_INVOICE_STAGE_5", INVOICE, first=True)]
    if entity_type_id == PROJECTS:
        return [
            process_funnel(7, "Общее", PROJECTS, first=True),
            process_funnel(9, "Second pipeline", PROJECTS, first=False),
        ]
    return [process_funnel(12, "Общее", entity_type_id, first=True)]


def process_funnel(number: int, name: str, entity_type_id: int, *, first: bool) -> Funnel:
    """A funnel of a smart process with the usual five stages."""
    entity_id = f"DYNAMIC_{entity_type_id}_STAGE_{number}"
    return _funnel(number, name, entity_type_id, entity_id, PROCESS, first=first)


def _funnel(
    number: int, name: str, type_id: int, entity_id: str, table: str, *, first: bool
) -> Funnel:
    prefix = f"DT{type_id}_{number}:"
    return funnel(number, name, entity_id=entity_id, table=table, prefix=prefix, default=first)


class Items:
    """What differs from item to item."""

    def __init__(self, seed: int, *, type_id: int, moments: Moments) -> None:
        self._dice = Dice(seed, f"item:{type_id}")
        self._moments = moments
        self.quick: Mapping[str, Callable[[int], Any]] = {
            "ID": str,
            "CREATED_TIME": moments.created_text,
            "UPDATED_TIME": moments.modified_text,
        }
        self.seconds: Mapping[str, Callable[[int], int]] = {"UPDATED_TIME": moments.modified}
        self.codes = frozenset(self.row(1))

    def row(self, row_id: int) -> Row:
        """All of them."""
        zone, created = self._moments.zone, self._moments.created(row_id)
        modified = self._moments.modified_text(row_id)
        return {
            "ID": str(row_id),
            "TITLE": title(row_id, self._dice),
            "CREATED_TIME": zone.moment(created),
            "UPDATED_TIME": modified,
            "MOVED_TIME": modified,
            "LAST_ACTIVITY_TIME": modified,
            "BEGINDATE": zone.day(created // 86_400),
            "CLOSEDATE": zone.day(created // 86_400 + 7),
            "ACCOUNT_NUMBER": str(row_id),
        }


def item_blocks(seed: int, type_id: int, funnels: Sequence[Funnel], links: Links) -> list[Block]:
    """What items share."""
    name = f"item:{type_id}"

    def rest(chance: Random) -> Row:
        return {**linked(links, "company"), "OPPORTUNITY": money(chance)}

    def shared(chance: Random) -> Row:
        return {
            "XML_ID": chance.choice((None, "", "ext-77")),
            "CREATED_BY": str(chance.randint(1, 9)),
            "UPDATED_BY": str(chance.randint(1, 9)),
            "ASSIGNED_BY_ID": str(chance.randint(1, 12)),
            "MOVED_BY": str(chance.randint(1, 9)),
            "LAST_ACTIVITY_BY": str(chance.randint(1, 9)),
            "OPENED": chance.choice("YN"),
            "WEBFORM_ID": chance.choice((None, "0")),
            "OBSERVERS": chance.choice(([], ["1", "3"])),
            **campaign(chance),
            "CURRENCY_ID": chance.choice(("RUB", "EUR")),
            "IS_MANUAL_OPPORTUNITY": chance.choice("YN"),
            "TAX_VALUE": "0.00",
            "MYCOMPANY_ID": "1",
            "COMMENTS": chance.choice(COMMENTS),
            "PARENT_ID_2": chance.choice((None, "1", "2")),
        }

    staged = staged_block(funnels, "STAGE_ID", seed=seed, name=name, rest=rest)
    return [staged, block(seed, name, shared)]
