"""A busy office: people who keep adding, editing, moving and deleting records."""

import asyncio
import random
from collections import Counter
from typing import TYPE_CHECKING

from bridge24.emulator.store import Row

if TYPE_CHECKING:
    from bridge24.emulator.portal import Portal

_ENTITIES = ("deal", "deal", "deal", "lead", "lead", "contact", "company")
_ACTIONS = ("edit", "move", "add", "delete")
_WEIGHTS = (60, 20, 14, 6)
_SUBJECTS = ("Поставка", "Сервис", "Проект", "Договор", "Ремонт", "Renewal", "Аудит", "Монтаж")
_REMARKS = ("Перезвонить", "Ждём оплату", "Отправили КП", "Договор у юристов", "VIP 🔥", "")
_NAMES = ("Анна", "Пётр", "Мария", "Олег", "Ирина", "Kate")
_STAGES = {"deal": ("STAGE_ID", 2), "lead": ("STATUS_ID", 1)}


class Office:
    """Edits a portal's records at a rate; the same seed makes the same edits.

    Args:
        portal: Whose records it edits, by the same way as REST methods do.
    """

    def __init__(self, portal: "Portal") -> None:
        self._portal = portal
        self._random = random.Random(f"office:{portal.seed}")
        self._work: asyncio.Task[None] | None = None
        self.done: Counter[str] = Counter()
        """How often each action was carried out."""

    @property
    def is_open(self) -> bool:
        """Whether somebody is at work."""
        return self._work is not None and not self._work.done()

    def open(self, edits_per_second: float) -> None:
        """Begin to work at this rate, or change the rate."""
        if edits_per_second <= 0:
            raise ValueError("an office needs a rate above zero")
        self.close()
        loop = asyncio.get_running_loop()
        self._work = loop.create_task(self._keep_working(1 / edits_per_second))

    def close(self) -> None:
        """Go home."""
        if self._work is not None:
            self._work.cancel()
            self._work = None

    def act(self) -> str:
        """Carry out one action and say which."""
        entity = self._random.choice(_ENTITIES)
        action = self._random.choices(_ACTIONS, _WEIGHTS)[0]
        user_id = self._random.randint(1, max(1, len(self._portal.users)))
        row_id = self._anyone(entity)
        if row_id is None or action == "add":
            action = "add"
            self._portal.add(entity, self._fields(entity), user_id=user_id)
        elif action == "delete":
            self._portal.delete(entity, row_id, user_id=user_id)
        else:
            fields = self._stage(entity, row_id) if action == "move" else self._fields(entity)
            self._portal.update(entity, row_id, fields, user_id=user_id)
        self.done[action] += 1
        return action

    async def _keep_working(self, pause: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += pause
            await asyncio.sleep(due - loop.time())
            self.act()

    def _anyone(self, entity: str) -> int | None:
        store = self._portal.table(entity).store
        count = store.count()
        return store.id_of_rank(self._random.randrange(count)) if count else None

    def _fields(self, entity: str) -> Row:
        number = self._random.randint(1000, 999_999)
        remark = {"COMMENTS": self._random.choice(_REMARKS)}
        if entity == "contact":
            return {"NAME": self._random.choice(_NAMES), "POST": f"Отдел {number}", **remark}
        title = f"{self._random.choice(_SUBJECTS)} №{number}"
        if entity == "company":
            return {"TITLE": title, "REVENUE": str(number), **remark}
        return {"TITLE": title, "OPPORTUNITY": f"{number}.50", **remark}

    def _stage(self, entity: str, row_id: int) -> Row:
        """Another stage of the record's own funnel; a plain edit where there are none."""
        code, type_id = _STAGES.get(entity, ("", 0))
        row = self._portal.get(entity, row_id)
        if not code or row is None:
            return self._fields(entity)
        category = str(row.get("CATEGORY_ID") or "0")
        funnels = self._portal.funnels[type_id]
        funnel = next((each for each in funnels if str(each.id) == category), funnels[0])
        others = [stage.id for stage in funnel.stages if stage.id != row[code]]
        return {code: self._random.choice(others)}
