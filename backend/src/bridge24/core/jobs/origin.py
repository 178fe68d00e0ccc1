"""Which process a worker is, and whether one of this machine is gone. Linux tells; others do not.

A process number alone says nothing: it is used again. Together with the boot, the namespaces in
which it counts, and the moment of its start it names one process for ever.
https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
"""

import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROC = Path("/proc")
DEAD = frozenset({"Z", "X", "x"})
"""States of a process that has ended and whose parent has not looked yet."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One process."""

    place: str
    """Where process numbers mean the same: a host, its present boot, and the namespaces."""
    pid: int
    born: int
    """When it started, in ticks since the boot."""

    @property
    def is_gone(self) -> bool:
        """Whether it surely runs no more; asked only where ``place`` is our own."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # somebody else's, and alive
        stat = _stat(self.pid)
        return stat is not None and (stat.state in DEAD or stat.born != self.born)


def our_origin() -> Origin | None:
    """Say which process we are; None where the system does not tell."""
    pid = os.getpid()
    place, stat = _place(), _stat(pid)
    return Origin(place, pid, stat.born) if place and stat else None


@cache
def _place() -> str | None:
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        spaces = [str((PROC / "self/ns" / name).readlink()) for name in ("pid", "time")]
    except OSError:
        return None
    # Machines that were copied while running have one boot in common.
    return " ".join([socket.gethostname()[:64], boot, *spaces])


@dataclass(frozen=True, slots=True)
class _Stat:
    state: str
    born: int


def _stat(pid: int) -> _Stat | None:
    """What the system tells of a process; None when it tells us nothing."""
    try:
        told = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The second field, a name in brackets, may hold anything.
    fields = told.rpartition(")")[2].split()
    return _Stat(fields[0], int(fields[19]))
