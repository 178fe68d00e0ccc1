"""How far a walk has come, in a form that can be stored together with its rows. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge24.bitrix.rows import Row


@dataclass(frozen=True, slots=True)
class Span:
    """The ids above ``after`` up to and including ``until``; ``None`` is open upward."""

    after: int
    until: int | None

    @property
    def empty(self) -> bool:
        """Whether no id lies inside."""
        return self.until is not None and self.until <= self.after


def without(spans: Sequence[Span], covered: Span) -> tuple[Span, ...]:
    """Take ``covered`` out of ascending, disjoint spans."""
    if covered.empty:
        return tuple(spans)
    left: list[Span] = []
    for span in spans:
        left.extend(_pieces(span, covered))
    return tuple(left)


def _pieces(span: Span, covered: Span) -> list[Span]:
    below = Span(span.after, _lower(span.until, covered.after))
    if covered.until is None:
        return [] if below.empty else [below]
    above = Span(max(span.after, covered.until), span.until)
    return [piece for piece in (below, above) if not piece.empty]


def _lower(until: int | None, bound: int) -> int:
    return bound if until is None else min(until, bound)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a walk still owes once every page handed out so far is stored.

    A later walk with ``resume=checkpoint`` hands out exactly the rest.
    """

    entity: str
    """Name of the walked entity; a checkpoint of another one is refused."""
    spans: tuple[Span, ...]
    """Id ranges not delivered yet, ascending and disjoint; empty when finished."""
    start: int | None = None
    """The next offset, for the few lists that cannot be walked by id."""

    @property
    def finished(self) -> bool:
        """Whether nothing is owed any more."""
        return not self.spans and self.start is None

    def delivered(self, covered: Sequence[Span]) -> "Checkpoint":
        """The checkpoint after the rows of these ranges are stored too."""
        spans = self.spans
        for span in covered:
            spans = without(spans, span)
        return Checkpoint(self.entity, spans, self.start)

    def to_json(self) -> str:
        """One short line of JSON."""
        spans = [[span.after, span.until] for span in self.spans]
        return json.dumps({"entity": self.entity, "spans": spans, "start": self.start})

    @classmethod
    def from_json(cls, text: str) -> "Checkpoint":
        """Read what ``to_json`` wrote.

        Raises:
            ValueError: The text is no checkpoint.
        """
        try:
            stored = json.loads(text)
            spans = tuple(Span(after, until) for after, until in stored["spans"])
            return cls(stored["entity"], spans, stored["start"])
        except (KeyError, TypeError) as error:
            raise ValueError("not a checkpoint of a walk") from error


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one HTTP answer: up to 2,500, ids ascending within each range.

    ``rows`` may be empty: then only the checkpoint has moved.
    """

    rows: Sequence[Row]
    checkpoint: Checkpoint
    """Where to go on once these rows, and all handed out before, are stored."""
    read_at: datetime
    """By the portal's clock, in UTC: none of the rows was read before this moment."""
