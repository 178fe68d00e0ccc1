"""Pure: reads a statement's text by the server's own rules, before any parser sees it.

Parsers and servers disagree about comments and strings; what a parser skips, a server may
execute. So the text is cut here as the server would cut it: comments become spaces, every
spelling of a string becomes the plain one, and what no chart needs is refused.
https://www.postgresql.org/docs/current/sql-syntax-lexical.html
https://dev.mysql.com/doc/refman/8.4/en/lexical-structure.html
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from bridge24.charts.errors import NotOneStatement, QueryTooLarge, SuspiciousText, UnreadableQuery

Dialect = Literal["postgresql", "mysql"]

MOST_CHARACTERS = 20_000
MOST_DEPTH = 40

_POSTGRESQL = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<line>--[^\r\n]*)
    | (?P<block>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
    | (?P<prefixed>(?:[bBxXnN]|[uU]&)'|[uU]&")
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w$]))
    | (?P<sign>[-+*/<>=~!@\#%^&|(),.:;\[\]?])
    """,
    re.VERBOSE | re.DOTALL,
)
_MYSQL = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<line>(?:--(?=[ \t\r\n]|\Z)|\#)[^\r\n]*)
    | (?P<block>/\*)
    | (?P<minus>--)
    | (?P<prefixed>(?:[bBxXnN]|_[A-Za-z0-9]+)['"])
    | (?P<string>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")
    | (?P<quoted>`(?:[^`]|``)*`)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w$]))
    | (?P<sign>[-+*/<>=~!%^&|(),.;?]|:(?!:))
    """,
    re.VERBOSE | re.DOTALL,
)
_SCANNERS = {"postgresql": _POSTGRESQL, "mysql": _MYSQL}
_ESCAPES = {
    "postgresql": {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'},
    # \% and \_ keep their backslash: LIKE reads it.
    "mysql": {"n": "\n", "t": "\t", "r": "\r", "%": r"\%", "_": r"\_"},
}
_WHAT_IT_IS = {"@": "a variable", "`": "a backquote", "\\": "a backslash", "{": "a brace"}


@dataclass(slots=True)
class Text:
    """A statement without comments, every string spelled plainly."""

    sql: str = ""
    strings: list[str] = field(default_factory=list)
    """The values of its strings, in order."""
    names: list[str] = field(default_factory=list)
    """Its quoted names, in order."""


def read(sql: str, dialect: Dialect) -> Text:
    """Cut a text into tokens as the server does.

    Raises:
        QueryRefused: It is too long, unfinished, more than one statement, or holds what a
            server reads differently from what one sees.
    """
    if len(sql) > MOST_CHARACTERS:
        raise QueryTooLarge(what="the number of characters", most=f"{MOST_CHARACTERS:,}")
    if "\0" in sql:
        raise SuspiciousText(what="a NUL character")
    if any("\ud800" <= letter <= "\udfff" for letter in sql):
        raise SuspiciousText(what="half a character")
    reader = _Reader(sql, dialect)
    return reader.read()


class _Reader:
    def __init__(self, sql: str, dialect: Dialect) -> None:
        self._sql = sql
        self._dialect = dialect
        self._at = 0
        self._depth = 0
        self._ended = False
        self._parts: list[str] = []
        self._text = Text()

    def read(self) -> Text:
        match = _SCANNERS[self._dialect].match
        while self._at < len(self._sql):
            found = match(self._sql, self._at)
            if found is None:
                raise self._unreadable()
            self._at = found.end()
            kind = found.lastgroup or ""
            if self._ended and kind not in {"space", "line", "block"} and found[0] != ";":
                raise NotOneStatement
            self._parts.append(self._plain(kind, found[0]))
        if self._depth:
            raise UnreadableQuery(reason="a parenthesis is not closed")
        self._text.sql = "".join(self._parts)
        return self._text

    def _plain(self, kind: str, token: str) -> str:
        if kind in {"string", "escaped", "quoted", "dollar", "prefixed"}:
            return self._quoted(kind, token)
        if kind == "block":
            self._skip_comment()
            return " "
        if kind == "sign":
            return self._sign(token)
        if kind == "word":
            _refuse_odd_letters(token)
            return token
        return {"space": " ", "line": " ", "minus": "- - "}.get(kind, token)

    def _sign(self, sign: str) -> str:
        if sign == ";":
            self._ended = True
            return " "
        self._depth += {"(": 1, ")": -1}.get(sign, 0)
        if self._depth < 0:
            raise UnreadableQuery(reason="a parenthesis closes what was never opened")
        if self._depth > MOST_DEPTH:
            raise QueryTooLarge(what="the depth of parentheses", most=MOST_DEPTH)
        return sign

    def _quoted(self, kind: str, token: str) -> str:
        if kind == "prefixed":
            raise SuspiciousText(what=f"a string with the prefix {token[:-1]}")
        if kind == "quoted":
            quote = token[0]
            self._text.names.append(token[1:-1].replace(quote * 2, quote))
            return token
        value = self._until(token) if kind == "dollar" else self._value(kind, token)
        self._text.strings.append(value)
        spelled = value.replace("'", "''")
        if self._dialect == "mysql":
            spelled = spelled.replace("\\", "\\\\")
        return f" '{spelled}' "

    def _value(self, kind: str, token: str) -> str:
        token = token[1:] if kind == "escaped" else token
        quote, inner = token[0], token[1:-1]
        if self._dialect == "postgresql" and kind == "string":
            return inner.replace("''", "'")
        return re.sub(
            rf"\\(.)|{quote}{quote}",
            lambda found: self._escape(found[1]) if found[1] else quote,
            inner,
            flags=re.DOTALL,
        )

    def _escape(self, letter: str) -> str:
        known = _ESCAPES[self._dialect].get(letter)
        if known is not None:
            return known
        if self._dialect == "postgresql" or letter in "0bZ":
            raise SuspiciousText(what=rf"the escape \{letter} in a string")
        return letter

    def _until(self, tag: str) -> str:
        end = self._sql.find(tag, self._at)
        if end < 0:
            raise UnreadableQuery(reason="a string in dollar signs is not closed")
        value = self._sql[self._at : end]
        self._at = end + len(tag)
        return value

    def _skip_comment(self) -> None:
        """Only PostgreSQL nests comments."""
        if re.compile(r"M?!|\+").match(self._sql, self._at):
            raise SuspiciousText(what="an executable comment or a hint")
        depth = 1
        while depth:
            found = re.compile(r"/\*|\*/").search(self._sql, self._at)
            if found is None:
                raise UnreadableQuery(reason="a comment is not closed")
            self._at = found.end()
            if found[0] == "*/":
                depth -= 1
            elif self._dialect == "postgresql":
                depth += 1

    def _unreadable(self) -> Exception:
        character = self._sql[self._at]
        if character in "'\"`" and character in {"mysql": "'\"`"}.get(self._dialect, "'\""):
            return UnreadableQuery(reason=f"a quote {character} is not closed")
        if character.isdigit():
            return UnreadableQuery(reason="a number runs into a word")
        name = unicodedata.name(character, f"the character {ord(character):#x}").lower()
        return SuspiciousText(what=_WHAT_IT_IS.get(character, name))


def _refuse_odd_letters(word: str) -> None:
    """Letters of any language are welcome in names; look-alikes of spaces and digits are not."""
    if word.isascii():
        return
    for letter in word:
        if ord(letter) > 127 and unicodedata.category(letter)[0] not in "LM":
            name = unicodedata.name(letter, f"the character {ord(letter):#x}").lower()
            raise SuspiciousText(what=name)
