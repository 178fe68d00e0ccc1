"""Pure: whether an object's mirror is fresh, lagging or broken, and the whole of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bridge24.sync.runs.schemas import EntityState, Verdict

TOLERANCE = 2.5
"""So many intervals may pass without a look before an object lags."""
LEAST = timedelta(minutes=2)
BROKEN_AFTER = 10
"""Failing for so many intervals is no hiccup."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is known of one object."""

    enabled: bool
    paused: bool
    granted: bool | None
    copied: bool
    """Whether there is a full copy."""
    running: bool
    lag: timedelta | None
    interval: timedelta
    failed: bool
    """Whether the last run that ended failed."""
    lasting: bool
    """Whether only a person can mend why."""


def state_of(seen: Seen) -> EntityState:
    """Say how one object is doing."""
    resting: dict[EntityState, bool] = {
        "off": not seen.enabled,
        "forbidden": seen.granted is False,
        "paused": seen.paused,
        "broken": seen.failed and seen.lasting and not seen.running,
    }
    found = next((state for state, is_so in resting.items() if is_so), None)
    if found is not None:
        return found
    return _of_copy(seen) if seen.copied else _uncopied(seen)


def _of_copy(seen: Seen) -> EntityState:
    late = max(seen.interval * TOLERANCE, LEAST)
    if seen.lag is None or seen.lag <= late:
        return "fresh"
    return "broken" if seen.failed and seen.lag > BROKEN_AFTER * seen.interval else "lagging"


def _uncopied(seen: Seen) -> EntityState:
    if seen.running:
        return "copying"
    return "broken" if seen.failed else "never"


def verdict_of(
    states: Mapping[str, EntityState], *, workers: int, troubles: Iterable[str] = ()
) -> tuple[Verdict, list[str]]:
    """Sum it up.

    Args:
        states: Of each object.
        workers: How many are alive.
        troubles: Codes of what is wrong beside the objects: each breaks the mirror.

    Returns:
        The verdict, and codes of what keeps it from being fresh, the worst first.
    """
    broken = [*troubles, *([] if workers else ["no_worker"])]
    broken += [f"broken:{name}" for name, state in states.items() if state == "broken"]
    late = [f"{s}:{name}" for name, s in states.items() if s in {"lagging", "copying"}]
    fresh = any(state == "fresh" for state in states.values())
    nothing = [] if fresh or broken or late else ["nothing_copied"]
    verdict: Verdict = "broken" if broken else "lagging" if late or nothing else "fresh"
    return verdict, [*broken, *late, *nothing]
