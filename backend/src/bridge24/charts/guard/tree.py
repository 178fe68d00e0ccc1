"""Pure: from a text to one tree, and from a checked tree to the text that is executed."""

import re
import string

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from bridge24.charts.errors import (
    NotAQuery,
    NotOneStatement,
    QueryTooLarge,
    SuspiciousText,
    UnreadableQuery,
)
from bridge24.charts.guard.dialects import CLOSE, DIALECTS, OPEN
from bridge24.charts.guard.lexer import Dialect, Text, read

MOST_TOKENS = 4_000
_PARAMETER = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_STATEMENTS = {"WITH", "SELECT"}


def parse(sql: str, dialect: Dialect) -> exp.Expr:
    """Read exactly one statement; nothing is checked but that it can be read in one way.

    Raises:
        QueryRefused: It cannot.
    """
    text = read(sql, dialect)
    _refuse_other_statements(text.sql)
    try:
        tokens = DIALECTS[dialect].tokenize(text.sql)
        _agree(tokens, text)
        trees = DIALECTS[dialect].parser().parse(tokens, text.sql)
    except SqlglotError as error:
        raise UnreadableQuery(reason=_reason(error)) from None
    except RecursionError:
        raise QueryTooLarge(what="the depth of the query", most="a few dozen levels") from None
    if len(trees) != 1 or trees[0] is None:
        raise NotOneStatement
    _mark_units(trees[0])
    return trees[0]


def render(tree: exp.Expr, dialect: Dialect) -> str:
    """Write the tree as one statement without comments, every name quoted.

    PostgreSQL folds unquoted names to lower case, so they are folded before being quoted.
    """
    if dialect == "postgresql":
        for name in tree.find_all(exp.Identifier):
            if not name.args.get("quoted"):
                name.set("this", name.name.translate(_ASCII_LOWER))
    return DIALECTS[dialect].generate(tree, identify=True, comments=False, copy=False)


def readable(rendered: str) -> str:
    """Spell the parameters of a rendered statement as ``:name``."""
    return _PARAMETER.sub(r":\1", rendered)


def executable(rendered: str, *, bound: bool) -> str:
    """Spell a rendered statement for the driver: ``%(name)s``, where anything is bound."""
    return _PARAMETER.sub(r"%(\1)s", rendered.replace("%", "%%")) if bound else rendered


def _mark_units(tree: exp.Expr) -> None:
    """TIMESTAMPDIFF(DAY, …): its first argument is a word, not a column."""
    for call in tree.find_all(exp.Anonymous):
        if call.name.lower() in {"timestampdiff", "timestampadd"} and call.expressions:
            first = call.expressions[0]
            if isinstance(first, exp.Column) and not first.table:
                first.replace(exp.Var(this=first.name))


def _refuse_other_statements(sql: str) -> None:
    first = re.match(r"[\s(]*([^\W\d]\w*)?", sql)
    word = (first[1] or "").upper() if first else ""
    if not sql.strip():
        raise UnreadableQuery(reason="it is empty")
    if word and word not in _STATEMENTS:
        raise NotAQuery(kind=word)


def _agree(tokens: list[Token], text: Text) -> None:
    """Both readings must have found the same strings and names, and no comment."""
    if len(tokens) > MOST_TOKENS:
        raise QueryTooLarge(what="the number of words and signs", most=f"{MOST_TOKENS:,}")
    strings = [token.text for token in tokens if token.token_type == TokenType.STRING]
    names = [token.text for token in tokens if token.token_type == TokenType.IDENTIFIER]
    if strings != text.strings or names != text.names:
        raise SuspiciousText(what="a string or a quoted name that can be read in two ways")
    if any(token.comments for token in tokens):
        raise SuspiciousText(what="a comment that can be read in two ways")


def _reason(error: SqlglotError) -> str:
    found = getattr(error, "errors", None)
    if not found:
        return "it is not SQL that this database knows"
    first = found[0]
    near = f"{first.get('start_context') or ''}{first.get('highlight') or ''}"[-40:].strip()
    return f'{str(first.get("description")).rstrip(".")}, near "{near}"'
