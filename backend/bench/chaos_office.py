"""A busy office with a recycle bin: it adds, edits, moves, deletes and restores."""

import asyncio
import random
from collections import Counter

from bridge24.emulator import Portal, productrows
from bridge24.emulator.store import Row

ENTITIES = ("deal", "deal", "deal", "lead", "contact", "company", "smart")
ACTIONS = ("edit", "add", "delete", "restore", "goods")
WEIGHTS = (60, 14, 10, 8, 8)
SMART = 1030
BURST = 25


class Office:
    """People at work until they are sent home.

    Args:
        portal: Whose records they edit.
        dice: Draws what they do.
    """

    def __init__(self, portal: Portal, dice: random.Random) -> None:
        self._portal = portal
        self._dice = dice
        self._bin: list[tuple[str | int, Row]] = []
        self._work: asyncio.Task[None] | None = None
        self.done: Counter[str] = Counter()

    def open(self, *, per_second: float) -> None:
        """Begin to work."""
        self._work = asyncio.create_task(self._keep_working(1 / per_second))

    async def close(self) -> None:
        """Go home."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
            if not self._work.cancelled():
                self._work.result()

    def burst(self) -> None:
        """Do much at once, as a robot or an import does."""
        for _ in range(BURST):
            self.act()

    def act(self) -> None:
        """Carry out one action."""
        chosen = self._dice.choice(ENTITIES)
        entity: str | int = SMART if chosen == "smart" else chosen
        action = self._dice.choices(ACTIONS, WEIGHTS)[0]
        self.done[action] += 1
        if action == "add":
            self._portal.add(entity, self._fields(entity))
            return
        if action == "restore":
            self._restore()
            return
        store = self._portal.table(entity).store
        row_id = store.id_of_rank(self._dice.randrange(max(1, store.count())))
        if row_id is None or not store.exists(row_id):
            return
        if action == "delete":
            self._delete(entity, row_id)
        elif action == "goods" and entity == "deal":
            self._sell(row_id)
        else:
            self._portal.update(entity, row_id, self._fields(entity))

    async def _keep_working(self, pause: float) -> None:
        while True:
            await asyncio.sleep(pause * self._dice.uniform(0.5, 1.5))
            self.act()

    def _delete(self, entity: str | int, row_id: int) -> None:
        row = self._portal.table(entity).get(row_id)
        assert row is not None
        self._portal.delete(entity, row_id)
        self._bin.append((entity, dict(row)))

    def _restore(self) -> None:
        if self._bin:
            entity, row = self._bin.pop(self._dice.randrange(len(self._bin)))
            self._portal.restore(entity, row)

    def _sell(self, deal_id: int) -> None:
        """Goods follow the edit of their deal, as on the portal's own card."""
        good = {"productId": 9, "productName": "Кабель", "price": self._dice.randint(1, 99)}
        productrows.put(self._portal, "D", deal_id, [good] * self._dice.randrange(3))
        self._portal.update("deal", deal_id, self._fields("deal"))

    def _fields(self, entity: str | int) -> Row:
        number = self._dice.randint(1_000, 9_999_999)
        if entity == "contact":
            phones = [{"VALUE": f"+7 900 {number}", "VALUE_TYPE": "WORK"}]
            return {"NAME": f"Анна {number}", "POST": f"Отдел {number}", "PHONE": phones}
        title = f"Заказ №{number}"
        if entity == "company":
            return {"TITLE": title, "REVENUE": str(number)}
        return {"TITLE": title, "OPPORTUNITY": f"{number}.50"}
