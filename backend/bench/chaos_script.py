"""What goes wrong when: a script drawn from a seed."""

import random
from dataclasses import astuple, dataclass, replace
from typing import Literal

from bench.chaos_compare import ENTITIES
from bench.chaos_processes import HTTP_SECONDS, LEASE_SECONDS

Theme = Literal["kill", "fault", "both"]

SECONDS = 8.0
SMALL = 5_000
KILLS, FAULTS = 5, 4
KILLS_AMONG_FAULTS = 2
MODES = ("full", "incremental", "incremental", "audit", "audit")
API = (
    *("503", "429", "500", "expired", "html", "truncated", "hang", "reset", "slow", "rename"),
    *("withdrawn", "lost", "doubled", "reordered"),
)
DATABASE = ("restart", "cut", "refuse", "dark", "locks", "deadlock", "statements", "full")


@dataclass(frozen=True)
class Step:
    """One thing that is done or goes wrong."""

    at: float
    """Seconds after the beginning."""
    what: str
    how: dict[str, object]

    def __str__(self) -> str:
        told = " ".join(f"{key}={value}" for key, value in self.how.items())
        return f"{self.at:5.2f} {self.what} {told}"


@dataclass(frozen=True)
class Size:
    """How many rows of each object a portal is born with."""

    deals: int
    contacts: int
    leads: int
    companies: int
    items: int

    @classmethod
    def of(cls, rows: int) -> "Size":
        """Divide rows among the objects; product rows of deals come on top."""
        return cls(rows * 4 // 10, rows * 2 // 10, rows * 2 // 10, rows // 10, rows // 10)


@dataclass(frozen=True)
class Script:
    """A whole script; the same seed and theme draw the same one."""

    theme: Theme
    seed: int
    size: Size
    pages_per_call: int
    history: frozenset[str]
    hard: frozenset[str]
    edits_per_second: float
    steps: tuple[Step, ...]

    def patience(self) -> dict[str, str]:
        """How long our processes wait: as in earnest where much is to be done."""
        is_small = sum(astuple(self.size)) <= SMALL
        lease, http = (LEASE_SECONDS, HTTP_SECONDS) if is_small else (12, 30)
        return {"CHAOS_LEASE": str(lease), "CHAOS_HTTP": str(http)}

    def __str__(self) -> str:
        lines = [
            f"{self.theme} script {self.seed}: {self.size.deals} deals, "
            f"{self.pages_per_call} pages a call, {self.edits_per_second:g} edits a second, "
            f"history of {sorted(self.history)}, "
            f"hard deletion of {sorted(self.hard)}",
            *map(str, self.steps),
        ]
        return "\n  ".join(lines)


def drawn(theme: Theme, seed: int, *, rows: int, pace: float = 1.0) -> Script:
    """Draw a script for a portal of so many rows; a higher pace plays it in less time.

    Both themes in one script: all its faults, and fewer kills among them.
    """
    dice = random.Random(f"{theme}:{seed}")
    steps = [step for maker in (_work, _trouble[theme]) for step in maker(dice)]
    steps = [replace(step, at=step.at / pace) for step in steps]
    return Script(
        theme=theme,
        seed=seed,
        size=Size.of(rows),
        pages_per_call=dice.choice((10, 50) if rows > SMALL else (1, 3, 10, 50)),
        history=_some(dice),
        hard=_some(dice),
        edits_per_second=dice.choice((3, 15, 40)),
        steps=tuple(sorted(steps, key=lambda step: step.at)),
    )


def _some(dice: random.Random) -> frozenset[str]:
    return frozenset(name for name in ENTITIES[:5] if dice.random() < 0.4)


def _work(dice: random.Random) -> list[Step]:
    """What operators and the office ask for meanwhile."""
    made = []
    for _ in range(8):
        entity = dice.choice(ENTITIES)
        what = dice.choices(
            ("run", "cancel", "pause", "reset", "history", "field", "burst", "clock"),
            # Few resets: faults are to strike full tables, not one first copy after another.
            (40, 8, 4, 1, 8, 8, 12, 4),
        )[0]
        how: dict[str, object] = {} if what in {"burst"} else {"entity": entity}
        if what == "run":
            how["mode"] = dice.choice(MODES)
        elif what == "reset":
            how["drop_table"] = dice.random() < 0.5
        elif what == "clock":
            how = {"seconds": dice.choice((1, 90, 700))}
        made.append(Step(dice.uniform(0.3, SECONDS), what, how))
    return made


def _kills(dice: random.Random, *, most: int = KILLS) -> list[Step]:
    made = []
    for _ in range(most):
        who = dice.choice(("serve", "worker"))
        how: dict[str, object] = {"who": who, "clock": dice.choice((0, 0, -600, 600))}
        made.append(Step(dice.uniform(0.5, SECONDS), "kill", {**how, "rest": dice.random()}))
    if dice.random() < 0.4:
        who, cut = dice.choice(("serve", "worker")), dice.random() < 0.7
        how = {"who": who, "seconds": dice.uniform(5, 9), "cut": cut}
        made.append(Step(dice.uniform(0.5, SECONDS / 2), "freeze", how))
    if dice.random() < 0.7:
        # Slow answers, so that walks are long enough to be killed in.
        made.append(Step(0.0, "api", {"kind": "slow", "rate": 1.0, "seconds": SECONDS}))
    return made


def _faults(dice: random.Random) -> list[Step]:
    made = []
    for _ in range(FAULTS):
        at, seconds = dice.uniform(0.3, SECONDS - 1), dice.uniform(0.5, 3)
        if dice.random() < 0.5:
            how = {"kind": dice.choice(API), "rate": dice.choice((0.1, 0.5, 1.0))}
            made.append(Step(at, "api", {**how, "seconds": seconds}))
        else:
            made.append(Step(at, "database", {"kind": dice.choice(DATABASE), "seconds": seconds}))
    return made


def _both(dice: random.Random) -> list[Step]:
    return [*_faults(dice), *_kills(dice, most=KILLS_AMONG_FAULTS)]


_trouble = {"kill": _kills, "fault": _faults, "both": _both}
