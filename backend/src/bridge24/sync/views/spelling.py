"""SQL that the two dialects spell differently; pure."""

from collections.abc import Sequence

from bridge24.sync.mysql_driver import literal as mysql_literal
from bridge24.sync.mysql_driver import quoted as mysql_quoted
from bridge24.sync.sqltypes import Dialect

_OPENED, _CLOSED = "\x01", "\x02"


class Spelling:
    """Writes expressions for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def name(self, name: str) -> str:
        """Quote an identifier."""
        if self.dialect == "mysql":
            return mysql_quoted(name)
        return '"' + name.replace('"', '""') + '"'

    def literal(self, text: str) -> str:
        """Quote a text."""
        text = text.replace("\0", "")
        if self.dialect == "mysql":
            return mysql_literal(text)
        return "'" + text.replace("'", "''") + "'"

    def text(self, expression: str) -> str:
        """Read anything as a text, compared byte by byte as the mirrored texts are."""
        if self.dialect == "mysql":
            return f"CAST({expression} AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin"
        return f"CAST({expression} AS TEXT)"

    def number(self, expression: str) -> str:
        """Read a text as a whole number; NULL when it is none."""
        if self.dialect == "mysql":
            return f"IF({expression} REGEXP '^[0-9]{{1,18}}$', CAST({expression} AS SIGNED), NULL)"
        return f"CASE WHEN {expression} ~ '^[0-9]{{1,18}}$' THEN CAST({expression} AS BIGINT) END"

    def chosen(self, expression: str, pairs: Sequence[tuple[str, str]]) -> str:
        """Translate a text; one without a word stays as it is."""
        if not pairs:
            return self.text(expression)
        whens = " ".join(f"WHEN {self.literal(a)} THEN {self.literal(b)}" for a, b in pairs)
        return f"CASE {self.text(expression)} {whens} ELSE {self.text(expression)} END"

    def chosen_list(self, expression: str, pairs: Sequence[tuple[str, str]]) -> str:
        """Translate every text of a JSON list, and join the words with commas."""
        return self._chosen(expression, pairs, quote='"')

    def chosen_numbers(self, expression: str, pairs: Sequence[tuple[str, str]]) -> str:
        """Translate every number of a JSON list, and join the words with commas."""
        return self._chosen(expression, pairs, quote="")

    def _chosen(self, expression: str, pairs: Sequence[tuple[str, str]], *, quote: str) -> str:
        """Translate the elements of a JSON list.

        Only functions that MySQL lets a view pass through are used. Each code is put
        between two letters no word has, so that a word is never taken for a code.
        """
        opened, closed = self._letter(_OPENED), self._letter(_CLOSED)
        between = self._joined(closed, self.literal(", "), opened)
        text = f"NULLIF({self.text(expression)}, '[]')"
        marks = (f"[{quote}", opened), (f"{quote}]", closed), (f"{quote},{quote}", between)
        for found, put in marks:
            text = f"REPLACE({text}, {self.literal(found)}, {put})"
        for code, word in pairs:
            sought = self._joined(opened, self.literal(code), closed)
            text = f"REPLACE({text}, {sought}, {self.literal(word)})"
        return f"REPLACE(REPLACE({text}, {opened}, ''), {closed}, '')"

    def full_name(self, parts: Sequence[str]) -> str:
        """Join the parts of a name that are there; NULL when none is."""
        return f"NULLIF(TRIM(CONCAT_WS(' ', {', '.join(parts)})), '')"

    def _letter(self, letter: str) -> str:
        code = ord(letter)
        return f"CHAR({code} USING utf8mb4)" if self.dialect == "mysql" else f"CHR({code})"

    def _joined(self, *parts: str) -> str:
        return f"CONCAT({', '.join(parts)})"
