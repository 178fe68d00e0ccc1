"""Which ids of a long list are still to be read, by whom, and how far a reader has come.

Pure: nothing here waits or calls. The walk reads id ranges side by side with keyset pages
(``>ID`` = the last id seen, counting off): https://apidocs.bitrix24.com/settings/performance/
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge24.bitrix.checkpoint import Span

PAGE_ROWS = 50
"""Rows of a full page; the portal offers no other size."""

FEWEST_TRUSTED, MOST_TRUSTED = 5, 50
"""First pages of a range split off by guess: should it be a gap, little is spent in vain."""


SPARE = 0.1
"""Part of an answer under way by which it may reach further than expected."""


@dataclass(slots=True, eq=False)
class Stretch:
    """What is expected of a range, in pages."""

    left: float
    """Not asked for yet; negative where more is asked for than there is."""
    asked: float = 0.0
    """On their way; 0 when nobody reads it."""
    proven: bool = True


@dataclass(slots=True, eq=False)
class Range:
    """One stretch of ids read from below; ``after`` moves up as answers arrive."""

    after: int
    until: int | None
    density: float
    """Expected rows per id, from the last answer of this stretch."""
    proven: bool = False
    """Whether ``density`` was seen here, and not only next door."""
    pages_asked: int = 0
    """Pages on their way; zero when nobody reads the range now."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A run of pages asked from one range, each page starting where the one before ended."""

    range: Range
    span: Span
    """The bounds sent to the portal; the range itself may shrink meanwhile."""
    pages: int


@dataclass(frozen=True, slots=True)
class Landing:
    """What an answer means: its first ``rows`` rows are ours and make ``settled`` complete."""

    rows: int
    settled: Span


@dataclass(slots=True)
class Frontier:
    """The unread ranges of a table that is being changed while it is read.

    ``highest`` is the highest id at the start of the walk. Rows that exist during the whole
    walk lie at or below it; newer ones are met while the open range is still being read.
    """

    highest: int | None = None
    """Unknown until the first answer; no range ends before it is known."""
    ranges: list[Range] = field(default_factory=list)
    _trusted: int = FEWEST_TRUSTED

    @classmethod
    def over(cls, spans: Sequence[Span]) -> "Frontier":
        """Start with these spans, of which nothing is known."""
        return cls(ranges=[Range(span.after, span.until, density=0.0) for span in spans])

    @property
    def has_idle(self) -> bool:
        """Whether some range is read by nobody."""
        return any(not part.pages_asked for part in self.ranges)

    @property
    def finished(self) -> bool:
        """Whether every range has been read to its end."""
        return not self.ranges

    @property
    def expected_rows(self) -> float:
        """Rows still to come, by the density of ids."""
        return sum(self._expected(part, part.after) for part in self.ranges)

    @property
    def expected_pages(self) -> int:
        """Pages still to be read and not on their way yet."""
        return sum(max(0, self._pages(part) - part.pages_asked) for part in self.ranges)

    @property
    def trusted(self) -> int:
        """Pages first asked of a range that nothing is known of."""
        return self._trusted

    def outline(self) -> dict[Range, Stretch]:
        """Say of each range how many pages are still to come."""
        return {
            part: Stretch(
                self._expected(part, part.after) / PAGE_ROWS - part.pages_asked,
                asked=part.pages_asked,
                proven=part.proven,
            )
            for part in self.ranges
        }

    def spread(self, readers: int, *, smallest: float) -> None:
        """Split the biggest ranges until each of ``readers`` idle readers could have one.

        Nothing is split into shares of less than ``smallest`` pages.
        """
        while (missing := readers - self._idle_count()) > 0:
            biggest = max(self.ranges, key=self._surplus_pages, default=None)
            if biggest is None:
                return
            parts = min(missing + 1, int(self._surplus_pages(biggest) / smallest))
            if parts < 2:
                return
            self._split(biggest, parts)

    def take(self, pages: int) -> list[Chain]:
        """Hand out up to ``pages`` pages: of the biggest idle range, then of small leftovers.

        Empty when every range is being read.
        """
        chains: list[Chain] = []
        idle = [part for part in self.ranges if not part.pages_asked]
        for part in sorted(idle, key=self._pages, reverse=True):
            wanted = self._askable(part)
            if not chains or self._pages(part) <= pages:
                calls = math.ceil(wanted / pages)
                chains.append(self._chain(part, math.ceil(wanted / calls)))
                pages -= chains[-1].pages
            if not pages:
                break
        return chains

    def land(self, chain: Chain, pages: Sequence[Sequence[int]]) -> Landing:
        """Note the ids answered.

        Args:
            chain: What was asked.
            pages: Ids page by page, ascending and inside ``chain.span``, cut after the
                first page that was not full. Fewer than asked after an error.

        Returns:
            How many rows to deliver, counted from the first: later ones lie in a part of
            the range that another reader has taken over. And the ids settled by them.
        """
        part = chain.range
        part.pages_asked = 0
        ids = [row_id for page in pages for row_id in page]
        ours = _count_up_to(ids, part.until)
        if pages and not part.proven:
            self._judge(as_expected=len(pages) == chain.pages)
        if ids:
            self._advance(part, ids, full=len(pages[-1]) >= PAGE_ROWS)
        if not self._ended(part, pages):
            return Landing(ours, Span(chain.span.after, part.after))
        self.ranges.remove(part)
        return Landing(ours, Span(chain.span.after, part.until))

    def release(self, chain: Chain) -> None:
        """Give a chain back unread, after its call failed as a whole."""
        chain.range.pages_asked = 0

    def _advance(self, part: Range, ids: Sequence[int], *, full: bool) -> None:
        last = ids[-1]
        part.density = len(ids) / (last - ids[0] + 1) if full else 0.0
        part.proven = True
        self._foresee(part.density)
        part.after = last if part.until is None else min(last, part.until)

    def _judge(self, *, as_expected: bool) -> None:
        """Trust guesses more after a good one, less after one that led into a gap."""
        trusted = self._trusted * 2 if as_expected else self._trusted // 2
        self._trusted = min(MOST_TRUSTED, max(FEWEST_TRUSTED, trusted))

    def _foresee(self, density: float) -> None:
        """Expect the same in ranges nothing is known of, as after a resume."""
        for part in self.ranges:
            if not part.proven and not part.density:
                part.density = density

    def _ended(self, part: Range, pages: Sequence[Sequence[int]]) -> bool:
        """An empty page ends a range; a short one only where nothing older can follow."""
        if part.until is not None and part.after >= part.until:
            return True
        if not pages:
            return False
        last = len(pages[-1])
        newest_read = self.highest is not None and part.after >= self.highest
        return last == 0 or (last < PAGE_ROWS and newest_read)

    def _chain(self, part: Range, pages: int) -> Chain:
        part.pages_asked = pages
        return Chain(part, Span(part.after, part.until), pages)

    def _idle_count(self) -> int:
        """Idle ranges worth a reader; the remnants of others ride along with somebody."""
        return sum(1 for part in self.ranges if not part.pages_asked and self._pages(part) > 1)

    def _end(self, part: Range) -> int:
        highest = self.highest or 0
        return highest if part.until is None else min(part.until, highest)

    def _expected(self, part: Range, after: int) -> float:
        return max(0, self._end(part) - after) * part.density

    def _pages(self, part: Range) -> int:
        return max(1, math.ceil(self._expected(part, part.after) / PAGE_ROWS))

    def _askable(self, part: Range) -> int:
        return self._pages(part) if part.proven else min(self._pages(part), self._trusted)

    def _surplus_pages(self, part: Range) -> float:
        """Pages of a range that its present reader will not reach with the answer under way."""
        return self._expected(part, self._reach(part)) / PAGE_ROWS

    def _reach(self, part: Range) -> int:
        """The id the answer under way probably ends at, with some to spare."""
        if not part.pages_asked or not part.density:
            return part.after
        ids = part.pages_asked * PAGE_ROWS / part.density
        return part.after + math.ceil(ids * (1 + SPARE))

    def _split(self, part: Range, parts: int) -> None:
        low, high = self._reach(part), self._end(part)
        bounds = [low + (high - low) * cut // parts for cut in range(1, parts)]
        ends: list[int | None] = [*bounds[1:], part.until]
        part.until = bounds[0]
        for after, until in zip(bounds, ends, strict=True):
            self.ranges.append(Range(after, until, part.density))


def _count_up_to(ids: Sequence[int], until: int | None) -> int:
    if until is None or not ids or ids[-1] <= until:
        return len(ids)
    return sum(1 for row_id in ids if row_id <= until)
