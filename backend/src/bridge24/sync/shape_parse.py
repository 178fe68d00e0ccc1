"""From a JSON list of rows to columns of values, without a row in between; pure."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from bridge24.sync.layout import Layout
from bridge24.sync.shape_columns import Plan, plan_of
from bridge24.sync.shape_writer import Raws


class ColumnParser:
    """Parses rows of which the layout knows every code."""

    def __init__(self, plan: Plan, skipped: Sequence[str]) -> None:
        codes = list(dict.fromkeys((*plan.codes, *skipped)))
        names = {f"f{place}": code for place, code in enumerate(codes)}
        row: Any = msgspec.defstruct(
            "Row",
            [(name, Any, plan.blank.get(code)) for name, code in names.items()],
            rename=names,
            gc=False,
            forbid_unknown_fields=True,
        )
        self._decoder: msgspec.json.Decoder[list[msgspec.Struct]] = msgspec.json.Decoder(list[row])
        places = {code: place for place, code in enumerate(codes)}
        self._places = [places[code] for code in plan.codes]

    def columns(self, parts: Sequence[msgspec.Raw]) -> list[Raws] | None:
        """Take the values of the plan's codes out of JSON lists of rows.

        None when there is more to it: a code that nobody described, a list that is none.
        """
        rows: list[msgspec.Struct] = []
        try:
            for part in parts:
                rows += self._decoder.decode(part)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        values = list(zip(*map(msgspec.structs.astuple, rows), strict=True))
        return [values[place] for place in self._places]


@lru_cache(maxsize=16)
def parser_of(layout: Layout) -> ColumnParser:
    """Build the parser of a layout, once."""
    return ColumnParser(plan_of(layout), layout.skipped)
