"""Founding a portal: from a specification and a seed to a company at work."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from bridge24.emulator import comments, history, kinds
from bridge24.emulator.catalogue import clients as client_fields
from bridge24.emulator.catalogue import sales as sales_fields
from bridge24.emulator.catalogue import smart as smart_fields
from bridge24.emulator.clock import Clock
from bridge24.emulator.portal import Portal, PortalSpec
from bridge24.emulator.schema import Field, Schema, parse
from bridge24.emulator.seeding import (
    clients,
    dictionaries,
    papers,
    sales,
    shared,
    smart,
    staff,
    work,
)
from bridge24.emulator.seeding.custom import custom_blocks, custom_fields
from bridge24.emulator.seeding.links import Links
from bridge24.emulator.seeding.moments import Moments
from bridge24.emulator.seeding.source import Block, Dice, Seeded, Varying
from bridge24.emulator.store import id_at
from bridge24.emulator.table import Kind, Table
from bridge24.emulator.zones import DAY, Zone

T = TypeVar("T")

KEPT_PORTALS = 4
"""Of how many specifications the drawings are kept."""
MOST_CUSTOM_FIELDS = 28
"""How many custom fields kinds other than deals have at most."""

SALES = {
    "deal": ({"BEGINDATE": 0, "CLOSEDATE": 21}, sales.Dated, shared.deal_blocks),
    "lead": ({}, sales.Leads, shared.lead_blocks),
    "quote": (
        {"BEGINDATE": 0, "CLOSEDATE": 14, "ACTUAL_DATE": 14},
        sales.Quotes,
        shared.quote_blocks,
    ),
}
"""Dates after the creation in days, who makes the rows, and what they share."""


def found(spec: PortalSpec, *, seed: int, clock: Clock) -> Portal:
    """Make a portal; nothing is generated yet but dictionaries and field values to share."""
    portal = Portal(spec, seed, clock, Zone(spec.zone))
    _dictionaries(portal)
    founder = Founder(portal)
    founder.classic(kinds.LEAD, sales_fields.LEAD, spec.leads)
    founder.classic(kinds.DEAL, sales_fields.DEAL, spec.deals)
    founder.classic(kinds.CONTACT, client_fields.CONTACT, spec.contacts)
    founder.classic(kinds.COMPANY, client_fields.COMPANY, spec.companies)
    founder.classic(kinds.QUOTE, sales_fields.QUOTE, spec.quotes)
    founder.smart(smart.INVOICE_TYPE, type_id=0, switches=smart.ALL_ON)
    for row in portal.types:
        switches = frozenset(switch for switch in smart.SWITCHES if row[switch] == "Y")
        founder.smart(row["entityTypeId"], type_id=row["id"], switches=switches)
    papers.filed(portal)
    work.busy(portal)
    history.keep(portal)
    comments.begin(portal)
    portal.add_webhook(1, webhook_code(seed, spec.name))
    return portal


def webhook_code(seed: int, name: str) -> str:
    """The secret of the administrator's webhook, always the same for a seed."""
    chance = random.Random(f"{seed}:{name}:webhook")
    return "".join(chance.choices(string.ascii_lowercase + string.digits, k=16))


def _dictionaries(portal: Portal) -> None:
    spec = portal.spec
    moment = portal.zone.moment(spec.anchor - 100 * DAY)
    portal.types = smart.types(moment)
    dynamic = (smart.INVOICE_TYPE, *(row["entityTypeId"] for row in portal.types))
    portal.funnels = {
        1: [_plain("STATUS", dictionaries.LEAD)],
        2: dictionaries.deal_funnels(),
        7: [_plain("QUOTE_STATUS", dictionaries.QUOTE)],
        **{type_id: smart.funnels(type_id) for type_id in dynamic},
    }
    every = [funnel for funnels in portal.funnels.values() for funnel in funnels]
    portal.statuses = dictionaries.statuses(every)
    portal.currencies = dictionaries.currencies(moment)
    portal.departments = staff.departments()
    portal.users = staff.users(
        spec.users, seed=portal.seed, zone=portal.zone, now=float(spec.anchor)
    )


def _plain(entity_id: str, table: str) -> dictionaries.Funnel:
    return dictionaries.funnel(0, "", entity_id=entity_id, table=table, default=True)


@lru_cache(maxsize=KEPT_PORTALS)
def _drawings(_spec: PortalSpec, _seed: int) -> dict[tuple[str, str], Any]:
    """What was drawn for a portal: equal ones share it, since nobody changes it."""
    return {}


class Founder:
    """Sets up one table after another."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        spec = portal.spec
        self._drawn = _drawings(spec, portal.seed)
        self._counts = {
            "deal": spec.deals,
            "lead": spec.leads,
            "contact": spec.contacts,
            "company": spec.companies,
        }

    def classic(self, kind: Kind, catalogue: str, count: int) -> None:
        """A kind that both families of methods know."""
        limit = self._portal.spec.custom_fields
        limit = limit if kind is kinds.DEAL else min(limit, MOST_CUSTOM_FIELDS)
        fields = parse(catalogue) + self._parents(kind)
        varying, blocks = self._once(kind, "rows", lambda: self._classic_rows(kind, count))
        self._table(kind, fields, varying, blocks, count=count, custom=limit, prefix="UF_CRM_")

    def smart(self, entity_type_id: int, *, type_id: int, switches: frozenset[str]) -> None:
        """Smart invoices, or a smart process."""
        seed, count = self._portal.seed, self._portal.spec.items
        kind = kinds.smart(entity_type_id, type_id=type_id)
        invoice = entity_type_id == smart.INVOICE_TYPE
        catalogue = smart_fields.SMART_INVOICE if invoice else smart_fields.SMART_PROCESS
        fields = parse(catalogue, switches=switches)
        dictionary = self._portal.funnels[entity_type_id][0].entity_id
        fields = [smart.in_stages_of(each, dictionary) for each in fields]
        fields.append(_parent(2, "Сделка"))
        prefix = "UF_CRM_SMART_INVOICE_" if invoice else f"UF_CRM_{type_id}_"
        varying = smart.Items(seed, type_id=entity_type_id, moments=self._moments(kind, count))
        funnels = self._portal.funnels[entity_type_id]
        blocks = self._once(
            kind,
            "rows",
            lambda: smart.item_blocks(seed, entity_type_id, funnels, self._links(kind)),
        )
        self._table(kind, fields, varying, blocks, count=count, custom=10, prefix=prefix)

    def _classic_rows(self, kind: Kind, count: int) -> tuple[Varying, list[Block]]:
        seed, links = self._portal.seed, self._links(kind)
        moments = self._moments(kind, count)
        if kind is kinds.CONTACT:
            varying = clients.Clients(seed, "contact", moments=moments)
            return varying, clients.contact_blocks(seed, links)
        if kind is kinds.COMPANY:
            varying = clients.Clients(seed, "company", moments=moments)
            return varying, clients.company_blocks(seed, links)
        funnels = self._portal.funnels[kind.type_id]
        days, maker, blocks = SALES[kind.name]
        moved = kind is not kinds.QUOTE
        rows = maker(seed, kind.name, moments=moments, days=days, moved=moved)
        return rows, blocks(seed, funnels, links)

    def _table(
        self,
        kind: Kind,
        fields: Sequence[Field],
        varying: Varying,
        blocks: Sequence[Block],
        *,
        count: int,
        custom: int,
        prefix: str,
    ) -> None:
        portal = self._portal
        declared = custom_fields(kind.uf_entity, custom, prefix=prefix, option_ids=portal.numbers)
        last_day = portal.spec.anchor // DAY
        days = range(last_day - 700, last_day + 200)
        extra = self._once(
            kind,
            "custom fields",
            lambda: custom_blocks(declared, seed=portal.seed, zone=portal.zone, days=days),
        )
        source = Seeded(varying, [*blocks, *extra])
        table = Table(kind, Schema([*fields, *declared]), source, count)
        table.host = portal.host
        portal.tables[kind.name] = table

    def _once(self, kind: Kind, what: str, draw: Callable[[], T]) -> T:
        key = (kind.name, what)
        if key not in self._drawn:
            self._drawn[key] = draw()
        drawn: T = self._drawn[key]
        return drawn

    def _parents(self, kind: Kind) -> list[Field]:
        projects = kind.name in {"deal", "contact", "company"}
        return [_parent(smart.PROJECTS, "Проекты")] if projects else []

    def _moments(self, kind: Kind, count: int) -> Moments:
        ids = id_at(count - 1) if count else 0
        dice = Dice(self._portal.seed, f"{kind.name}:moments")
        return Moments(self._portal.zone, self._portal.spec.anchor, ids, dice)

    def _links(self, kind: Kind) -> Links:
        return Links(self._counts, random.Random(f"{self._portal.seed}:{kind.name}:links"))


def _parent(type_id: int, title: str) -> Field:
    return Field(
        code=f"PARENT_ID_{type_id}",
        name=f"parentId{type_id}",
        type="crm_entity",
        title=title,
        parent_type_id=type_id,
    )
