"""Column names: lower snake case, short enough, and never twice the same."""

import hashlib
import re

from bridge24.sync.sqltypes import Dialect

LONGEST: dict[Dialect, int] = {"postgresql": 63, "mysql": 64}
"""Bytes on PostgreSQL, characters on MySQL; our names are ASCII."""

# What a table of ours, or PostgreSQL itself, already has.
# https://www.postgresql.org/docs/current/ddl-system-columns.html
_TAKEN = {
    "id",
    "_synced_at",
    "_deleted_at",
    "_raw_hash",
    "_overflow",
    "tableoid",
    "xmin",
    "cmin",
    "xmax",
    "cmax",
    "ctid",
}


class Names:
    """Gives each code a name no other code of the table has.

    The first of two folding codes keeps the plain name; the other one's name carries a
    digest of its code, so it is the same on every run.
    """

    def __init__(self, dialect: Dialect, *, room: int = 0) -> None:
        self._longest = LONGEST[dialect] - room
        self._taken = set(_TAKEN)

    def reserve(self, name: str) -> None:
        """Keep a name from being given."""
        self._taken.add(name)

    def take(self, code: str) -> str:
        """Name a code: ``UF_CRM_1`` → ``uf_crm_1``, ``stageId`` → ``stage_id``."""
        plain = snake_case(code)
        name = plain
        if name in self._taken or len(name) > self._longest or not name.strip("_"):
            digest = hashlib.sha256(code.encode(errors="surrogatepass")).hexdigest()[:8]
            name = f"{plain[: self._longest - 9]}_{digest}"
        self._taken.add(name)
        return name


def snake_case(code: str) -> str:
    """Fold a code to lower-case ASCII words joined by underscores."""
    if not code.isupper():
        code = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", code)
    return re.sub(r"[^a-z0-9_]", "_", code.lower())
