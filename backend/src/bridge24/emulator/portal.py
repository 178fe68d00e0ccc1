"""A portal: its name and people, who may call it, its tables, and who hears of changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from bridge24.emulator import changes
from bridge24.emulator.calls import Identity, words
from bridge24.emulator.clock import Clock
from bridge24.emulator.journal import Change, Listener
from bridge24.emulator.schema import Field
from bridge24.emulator.seeding.dictionaries import Funnel, Stage
from bridge24.emulator.store import Row
from bridge24.emulator.table import Table
from bridge24.emulator.zones import Zone

__all__ = ["Change", "Listener", "Portal", "PortalSpec"]

SCOPES = frozenset(
    words(
        "basic crm task tasks user user.userfield userfieldconfig department telephony "
        "catalog lists sonet_group im disk placement"
    )
)


@dataclass(frozen=True, slots=True)
class PortalSpec:
    """What a portal is made of.

    Attributes:
        name: Path prefix and host name (`acme` → `acme.localhost`).
        custom_fields: Custom fields of deals; other kinds have at most 28.
        zone: A fixed offset (`+03:00`) or an IANA name.
        simple_crm: Leads are switched off (`crm.settings.mode.get` answers 2).
        anchor: Unix seconds nothing of the seed is later than; 1 August 2026.
    """

    name: str = "acme"
    deals: int = 200
    contacts: int = 120
    leads: int = 150
    companies: int = 80
    quotes: int = 40
    items: int = 60
    activities: int = 150
    users: int = 14
    custom_fields: int = 36
    zone: str = "+03:00"
    language: str = "ru"
    simple_crm: bool = False
    scopes: frozenset[str] = SCOPES
    anchor: int = 1_785_542_400
    host: str = ""


@dataclass(slots=True)
class Portal:
    """One portal. `bridge24.emulator.seed.found` makes one."""

    spec: PortalSpec
    seed: int
    clock: Clock
    zone: Zone
    webhooks: dict[tuple[int, str], Identity] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    histories: dict[int, Table] = field(default_factory=dict)
    funnels: dict[int, list[Funnel]] = field(default_factory=dict)
    statuses: list[Row] = field(default_factory=list)
    currencies: list[Row] = field(default_factory=list)
    departments: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    user_fields: list[Field] = field(default_factory=list)
    types: list[Row] = field(default_factory=list)
    addresses: list[Row] = field(default_factory=list)
    requisite_links: list[Row] = field(default_factory=list)
    products: list[Row] = field(default_factory=list)
    product_sections: list[Row] = field(default_factory=list)
    product_rows: dict[tuple[str, int], list[Row]] = field(default_factory=dict)
    comments: dict[tuple[str, int], list[Row]] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(5_001, 2))
    comment_numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def host(self) -> str:
        """The host name, without a port."""
        return self.spec.host or f"{self.name}.localhost"

    @property
    def member_id(self) -> str:
        """The stable id of the portal: 32 hexadecimal digits."""
        return hashlib.md5(f"{self.seed}:{self.name}".encode(), usedforsecurity=False).hexdigest()

    @property
    def base_currency(self) -> str:
        """The currency everything is counted in."""
        return next(str(row["CURRENCY"]) for row in self.currencies if row["BASE"] == "Y")

    def funnel(self, entity_type_id: int, funnel_id: object) -> Funnel:
        """The funnel of that id, else the default one of the kind."""
        funnels = self.funnels[entity_type_id]
        found = (each for each in funnels if str(each.id) == str(funnel_id))
        return next(found, next(each for each in funnels if each.default))

    def add_stage(self, entity_id: str, status: Row) -> None:
        """Let records move to a new stage, if the dictionary is that of a funnel."""
        letter = str(status.get("SEMANTICS") or "P")
        stage = Stage(status["STATUS_ID"], str(status["NAME"]), letter)
        for funnels in self.funnels.values():
            for place, each in enumerate(funnels):
                if each.entity_id == entity_id:
                    funnels[place] = replace(each, stages=(*each.stages, stage))

    def next_status_id(self) -> int:
        """The id the next row of `statuses` gets."""
        return 2 + max(int(row["ID"]) for row in self.statuses)

    @property
    def item_types(self) -> frozenset[int]:
        """Which `entityTypeId` the methods `crm.item.*` know."""
        dynamic = (row["entityTypeId"] for row in self.types)
        return frozenset((1, 2, 3, 4, 7, 31, *dynamic))

    def user(self, user_id: int) -> Row:
        """An employee by id.

        Raises:
            KeyError: There is none.
        """
        for row in self.users:
            if row["ID"] == str(user_id):
                return row
        raise KeyError(user_id)

    def is_admin(self, user_id: int) -> bool:
        """Whether an employee may do everything; only the first one may."""
        return user_id == 1

    def now_text(self) -> str:
        """The present moment as the portal prints it."""
        return self.zone.moment(self.clock.now())

    def add_webhook(
        self, user_id: int, code: str, *, scopes: Iterable[str] | None = None
    ) -> Identity:
        """Let a webhook in; it acts for the user within the scopes (default: all)."""
        allowed = self.spec.scopes if scopes is None else frozenset(scopes)
        identity = Identity(user_id, allowed, key=f"webhook:{code}")
        self.webhooks[user_id, code] = identity
        return identity

    def remove_webhook(self, user_id: int, code: str) -> None:
        """Revoke a webhook: its calls answer `INVALID_CREDENTIALS` from now on."""
        self.webhooks.pop((user_id, code), None)

    def table(self, entity: str | int) -> Table:
        """The table of an entity by its name or `entityTypeId`."""
        if isinstance(entity, str):
            return self.tables[entity]
        return next(each for each in self.tables.values() if each.kind.type_id == entity)

    # Direct control, with the side effects the REST methods have

    def add(self, entity: str | int, fields: Row, *, user_id: int = 1) -> int:
        """Create a record from classic fields and say its id."""
        return changes.add(self, self.table(entity), fields, user_id=user_id)

    def update(self, entity: str | int, row_id: int, fields: Row, *, user_id: int = 1) -> bool:
        """Edit a record; false when nothing differs, and then nothing moves.

        Raises:
            KeyError: There is no such record.
        """
        return changes.update(self, self.table(entity), row_id, fields, user_id=user_id)

    def delete(self, entity: str | int, row_id: int, *, user_id: int = 1) -> None:
        """Delete a record.

        Raises:
            KeyError: There is no such record.
        """
        changes.delete(self, self.table(entity), row_id, user_id=user_id)

    def restore(self, entity: str | int, row: Row, *, user_id: int = 1) -> None:
        """Bring a deleted record back from the recycle bin: same id, same DATE_MODIFY."""
        changes.restore(self, self.table(entity), row, user_id=user_id)

    def get(self, entity: str | int, row_id: int) -> Row | None:
        """The record in the classic wire form, hidden or not; `None` when it is gone."""
        table = self.table(entity)
        store = table.store
        if row_id in store.deleted or not (row_id in store.added or store.is_fresh(row_id)):
            return None
        return table.shown(row_id, table.view("classic"))

    def rows(self, entity: str | int) -> list[Row]:
        """Every row a webhook can see, whole: classic wire form, items as `crm.item.*`."""
        table = self.table(entity)
        smart = table.kind.created == "CREATED_TIME"
        view = table.view("item" if smart else "classic")
        return [table.shown(row_id, view) for row_id in table.store.ids()]

    def hide(self, entity: str | int, ids: Iterable[int] | None = None) -> None:
        """Withdraw the right to see records (all when omitted): they vanish silently."""
        store = self.table(entity).store
        for row_id in list(store.ids()) if ids is None else list(ids):
            store.hide(row_id)

    def show(self, entity: str | int, ids: Iterable[int] | None = None) -> None:
        """Give the right back."""
        store = self.table(entity).store
        for row_id in list(store.hidden) if ids is None else list(ids):
            store.show(row_id)

    def add_field(
        self,
        entity: str | int,
        code: str,
        kind: str = "string",
        *,
        multiple: bool = False,
        label: str = "",
        options: Iterable[str] = (),
        mandatory: bool = False,
        user_id: int = 1,
    ) -> Field:
        """Add a custom field; every existing row has it empty."""
        return changes.add_field(
            self,
            self.table(entity),
            code,
            kind,
            multiple=multiple,
            labels={self.spec.language: label or code},
            options=options,
            mandatory=mandatory,
            user_id=user_id,
        )

    def remove_field(self, entity: str | int, code: str, *, user_id: int = 1) -> None:
        """Remove a custom field with all its values.

        Raises:
            KeyError: There is no such field.
        """
        changes.remove_field(self, self.table(entity), code, user_id=user_id)

    def rename_field(self, entity: str | int, code: str, label: str) -> None:
        """Give a custom field another label in the portal's language."""
        schema = self.table(entity).schema
        each = schema.get(code)
        if each is None or each.custom is None:
            raise KeyError(code)
        labels = each.custom.labels | {self.spec.language: label}
        schema.put(replace(each, custom=replace(each.custom, labels=labels)))

    def tell(self, change: Change) -> None:
        """Let every listener know."""
        for listener in self.listeners:
            listener(change)
