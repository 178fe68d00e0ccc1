"""The tasks this program knows: their handlers and how they are run."""

import inspect
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeVar

from bridge24.core.jobs.errors import UnknownTask

Handler = Callable[..., Awaitable[None]]
H = TypeVar("H", bound=Handler)

RESERVED = frozenset({"session", "task", "key", "dedup", "priority", "delay"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Retry:
    """How often, and how long apart, a failing job is tried."""

    max_attempts: int = 8
    first: timedelta = timedelta(seconds=2)
    """The wait after the first failure; it doubles with every further one."""
    longest: timedelta = timedelta(minutes=10)
    never: tuple[type[Exception], ...] = ()
    """Errors that another attempt cannot mend."""

    def wait(self, attempt: int, dice: random.Random) -> timedelta:
        """Say how long to wait after a failed attempt (the first is 1).

        Between half of the wait and all of it, so that jobs that failed together do not
        come back together.
        """
        full: timedelta = min(self.first * 2 ** min(attempt - 1, 30), self.longest)
        return full * dice.uniform(0.5, 1.0)

    def allows(self, attempt: int, error: Exception) -> bool:
        """Say whether there is an attempt after this one."""
        return attempt < self.max_attempts and not isinstance(error, self.never)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One kind of job."""

    name: str
    run: Handler
    retry: Retry
    concurrency_per_key: int
    ordered: bool
    timeout: timedelta | None


@dataclass(slots=True)
class _Registry:
    tasks: dict[str, Task] = field(default_factory=dict)


_registry = _Registry()


def task(
    *,
    name: str,
    retry: Retry | None = None,
    concurrency_per_key: int = 1,
    order: Literal["fifo", "any"] = "fifo",
    timeout: timedelta | None = None,
) -> Callable[[H], H]:
    """Declare an async function as the handler of a task; it stays callable as it is.

    The handler is called without an open transaction, with the arguments given to
    ``enqueue`` as JSON carries them. It may run more than once: a crash of the worker
    starts it again.

    Args:
        name: What ``enqueue`` calls it, e.g. ``sync.run``.
        retry: What happens after an error.
        concurrency_per_key: How many jobs of one key run at the same time.
        order: ``fifo``: jobs of one key start in the order they were queued, and one that
            waits for its retry holds up those behind it; one whose delay is not over
            does not. ``any``: by priority, and nobody waits for a retry.
        timeout: The handler is cancelled after this long, and that counts as an error.
    """

    def declare(handler: H) -> H:
        clash = RESERVED & set(inspect.signature(handler).parameters)
        if clash or name in _registry.tasks:
            raise ValueError(f"the task {name} is declared twice or uses the names {clash}")
        _registry.tasks[name] = Task(
            name=name,
            run=handler,
            retry=retry or Retry(),
            concurrency_per_key=concurrency_per_key,
            ordered=order == "fifo",
            timeout=timeout,
        )
        return handler

    return declare


def find_task(name: str) -> Task:
    """Return a declared task.

    Raises:
        UnknownTask: Nobody has declared it.
    """
    found = _registry.tasks.get(name)
    if found is None:
        raise UnknownTask(task=name)
    return found


def task_names() -> list[str]:
    """Name every task declared so far."""
    return sorted(_registry.tasks)
