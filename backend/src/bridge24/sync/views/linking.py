"""The SQL that names the records a column points to; pure.

PostgreSQL looks a name up only for the rows and columns that are asked for. MySQL and MariaDB
would copy the whole table for a view with a query in its list of columns, so there each name is
a join, and a list shows as many names as it may have joins.
https://dev.mysql.com/doc/refman/8.4/en/view-algorithms.html
"""

from collections.abc import Sequence

from bridge24.sync.views.links import Link
from bridge24.sync.views.spelling import Spelling

MOST_JOINS = 8
"""Of one column on MySQL: eight names of a list with one kind of records, four of each with two."""
_DIGITS = "[0-9]{1,18}$"
_OPENED, _CLOSED = "CHAR(1 USING utf8mb4)", "CHAR(2 USING utf8mb4)"


class Looking:
    """Names looked up in place: PostgreSQL."""

    def __init__(self, spell: Spelling) -> None:
        self._spell = spell

    def one(self, code: str, links: Sequence[Link]) -> str:
        """Name the record a text points to; the text itself where there is none."""
        cases = " ".join(
            f"WHEN {code} ~ '{_pattern(link)}' THEN ({self._name(code, link)})" for link in links
        )
        return f"COALESCE(CASE {cases} END, {code})" if cases else code

    def several(self, code: str, links: Sequence[Link]) -> str:
        """Name the records of a JSON list in its order; what is no list stays as it is."""
        # Never read as JSON: a text that was hashed or masked is none, and must not fail.
        named = self.one("m.hit[1]", links)
        return (
            f"CASE WHEN {code} LIKE '[%' THEN (SELECT string_agg({named}, ', ' ORDER BY m.place) "
            f"FROM regexp_matches({code}, '[^][\",]+', 'g') WITH ORDINALITY m(hit, place)) "
            f"ELSE {code} END"
        )

    def _name(self, code: str, link: Link) -> str:
        name = self._spell.full_name([f"r.{self._spell.name(part)}" for part in link.parts])
        number = f"CAST(substring({code} from '[0-9]+$') AS BIGINT)"
        return f"SELECT {name} FROM {self._spell.name(link.table)} r WHERE r.id = {number}"


class Joining:
    """Names that are joined: MySQL and MariaDB."""

    def __init__(self, spell: Spelling, joins: list[str], *, room: int) -> None:
        self._spell, self._joins, self._room = spell, joins, max(room, 0)

    def one(self, code: str, links: Sequence[Link]) -> str:
        """Name the record a text points to; the text itself where there is none."""
        found = [self._name(self._join(code, link), link) for link in links[: self._room]]
        return f"COALESCE({', '.join([*found, code])})" if found else code

    def several(self, code: str, links: Sequence[Link]) -> str:
        """Name the first records of each kind in a JSON list; the others stay codes."""
        text = code
        for mark in '[]"':
            text = f"REPLACE({text}, '{mark}', '')"
        # As in a list of options: between two letters no name has.
        marked = f"CONCAT({_OPENED}, REPLACE({text}, ',', CONCAT({_CLOSED}, ', ', {_OPENED})), "
        marked += f"{_CLOSED})"
        named, joined = marked, links[: self._room]
        for place in range(self._room // max(len(joined), 1)):
            for link in joined:
                named = self._replaced(named, marked, link, place)
        return f"NULLIF(REPLACE(REPLACE({named}, {_OPENED}, ''), {_CLOSED}, ''), '')"

    def _replaced(self, named: str, marked: str, link: Link, place: int) -> str:
        code = _element(marked, "" if link.bare else f"{link.prefix}_", place)
        alias = self._join(code, link)
        sought = f"IF({alias}.id IS NULL, {_CLOSED}, CONCAT({_OPENED}, {code}, {_CLOSED}))"
        found = f"IF({alias}.id IS NULL, {_CLOSED}, COALESCE({self._name(alias, link)}, {code}))"
        return f"REPLACE({named}, {sought}, {found})"

    def _join(self, code: str, link: Link) -> str:
        alias = f"r{len(self._joins) + 1}"
        number = f"CAST(SUBSTRING_INDEX({code}, '_', -1) AS SIGNED)"
        key = f"IF({code} REGEXP '{_pattern(link)}', {number}, NULL)"
        table = self._spell.name(link.table)
        self._joins.append(f"LEFT JOIN {table} {alias} ON {alias}.id = {key}")
        return alias

    def _name(self, alias: str, link: Link) -> str:
        return self._spell.full_name([f"{alias}.{self._spell.name(part)}" for part in link.parts])


def _pattern(link: Link) -> str:
    return f"^({link.prefix}_)?{_DIGITS}" if link.bare else f"^{link.prefix}_{_DIGITS}"


def _element(marked: str, prefix: str, place: int) -> str:
    """The text of a marked list that is the n-th with this prefix; NULL where there is none."""
    begins = f"CONCAT({_OPENED}, '{prefix}')" if prefix else _OPENED
    times = f"CHAR_LENGTH({marked}) - CHAR_LENGTH(REPLACE({marked}, {begins}, ''))"
    behind = f"SUBSTRING_INDEX(SUBSTRING_INDEX({marked}, {begins}, {place + 2}), {begins}, -1)"
    element = f"CONCAT('{prefix}', SUBSTRING_INDEX({behind}, {_CLOSED}, 1))"
    return f"IF({times} >= {(place + 1) * (len(prefix) + 1)}, {element}, NULL)"
