"""Pure: the three roles, and how a path says which one it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

KEY = "x-role"
"""Stands in the OpenAPI description of a path."""
EVERYBODY = "everybody"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Role(StrEnum):
    """What a person may do; each may also do what those before it may."""

    VIEWER = "viewer"
    """Reads."""
    OPERATOR = "operator"
    """Starts, cancels, repairs."""
    ADMIN = "admin"
    """Configures, and says who may come in."""

    def allows(self, needed: "Role") -> bool:
        """Say whether this role may do what the other one may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking."""

    name: str
    role: Role
    operator_id: int | None = None
    """None: nobody signs in on this machine."""
    session_id: int | None = None


ANYBODY = Caller(name="local", role=Role.ADMIN)
"""Who is taken to ask where signing in is switched off."""


def needs(role: Role) -> dict[str, Any]:
    """Say that a path needs a role: ``@router.put(…, openapi_extra=needs(Role.ADMIN))``.

    Paths that say nothing need a viewer to read (GET) and an operator for all else.
    """
    return {KEY: role.value}


def open_to_all() -> dict[str, Any]:
    """Say that a path needs no signing in; it must protect itself."""
    return {KEY: EVERYBODY}


def role_of(method: str, extra: Mapping[str, Any] | None) -> Role | None:
    """Say which role a path needs; None: nobody has to sign in.

    Args:
        method: The HTTP method.
        extra: The path's ``openapi_extra``.
    """
    said = (extra or {}).get(KEY)
    if said == EVERYBODY:
        return None
    if said is not None:
        return Role(said)
    return Role.VIEWER if method.upper() in READING else Role.OPERATOR
