"""Why a row cannot be stored, by code: the interface says it in its reader's language; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

SENTENCES = {
    "noId": "The row has no usable ID.",
    "narrow": "The column {column} is too narrow.",
    "brokenText": "A text in the column {column} holds half of a character.",
    "brokenValue": "A multi-value holds half of a character.",
    "wrongId": 'The ID "{id}" of a multi-value ({kind}) cannot be used.',
    "refused": "The database refused it: {reason}.",
}
HIDDEN = "…"
_HARMLESS = frozenset({"column", "kind"})
"""Facts that name parts of the table; the others may hold a value of the row."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One of ``SENTENCES`` with what it names."""

    code: str
    facts: Mapping[str, str]

    @classmethod
    def of(cls, code: str, **facts: str) -> "Reason":
        """Make one of its code and of what its sentence names."""
        return cls(code, facts)

    def __str__(self) -> str:
        return SENTENCES[self.code].format(**self.facts)

    def without_values(self) -> "Reason":
        """Say the same without any value: a database quotes the one that it refuses."""
        told = {name: fact if name in _HARMLESS else HIDDEN for name, fact in self.facts.items()}
        return Reason(self.code, told)
