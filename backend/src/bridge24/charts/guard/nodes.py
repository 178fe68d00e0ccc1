"""What a chart's query may be made of: kinds of nodes, their parts, and types."""

from collections.abc import Mapping

from sqlglot import exp

from bridge24.charts.guard.lexer import Dialect

Node = type[exp.Expr]

# Nodes of which only the named parts are allowed; every other part refuses the query.
PARTS: Mapping[Node, frozenset[str]] = {
    node: frozenset(parts.split())
    for node, parts in {
        exp.Select: "with_ expressions distinct from_ joins laterals where group having windows "
        "order limit offset",
        exp.Union: "with_ this expression distinct order limit offset",
        exp.Intersect: "with_ this expression distinct order limit offset",
        exp.Except: "with_ this expression distinct order limit offset",
        exp.Subquery: "with_ this alias order limit offset",
        exp.With: "expressions recursive",
        exp.CTE: "this alias materialized",
        exp.From: "this",
        exp.Table: "this alias db joins ordinality",
        exp.TableAlias: "this columns",
        exp.Join: "this on side kind using",
        exp.Lateral: "this alias view outer ordinality",
        exp.Values: "expressions alias",
        exp.Group: "expressions grouping_sets cube rollup",
        exp.Order: "this expressions",
        exp.Ordered: "this desc nulls_first",
        exp.Limit: "expression",
        exp.Offset: "expression",
        exp.Fetch: "direction count limit_options",
        exp.LimitOptions: "rows",
        exp.Unnest: "expressions alias offset",
        exp.Distinct: "expressions on",
        exp.Window: "this partition_by order spec alias over",
        exp.WindowSpec: "kind start start_side end end_side",
        exp.Column: "this table db",
        exp.Star: "",
        exp.Identifier: "this quoted",
        exp.Alias: "this alias",
        exp.Cast: "this to",
        exp.DataType: "this expressions nested kind",
        exp.In: "this expressions query",
        exp.Interval: "this unit",
        exp.Placeholder: "this",
        exp.GroupConcat: "this separator",
        exp.Extract: "this expression",
        exp.Anonymous: "this expressions",
    }.items()
}

# Nodes whose parts are all expressions (or plain switches), looked at one by one.
PLAIN: frozenset[Node] = frozenset(
    {
        *(exp.Where, exp.Having, exp.Rollup, exp.Cube, exp.GroupingSets, exp.Paren, exp.Tuple),
        *(exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.Filter, exp.WithinGroup),
        *(exp.And, exp.Or, exp.Not, exp.Xor, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
        *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.Like, exp.ILike, exp.SimilarTo),
        *(exp.Escape, exp.RegexpLike, exp.RegexpILike, exp.Between, exp.Exists, exp.Any, exp.All),
        *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow, exp.Neg, exp.DPipe),
        *(exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot),
        *(exp.Case, exp.If, exp.DataTypeParam, exp.Trim, exp.Substring, exp.StrPosition),
        *(exp.Concat, exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp),
        *(exp.Localtime, exp.Localtimestamp, exp.AtTimeZone, exp.Collate, exp.CharacterSet),
        *(exp.Array, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract),
        *(exp.JSONBExtractScalar, exp.JSONArrayContains, exp.ArrayContainsAll, exp.ArrayOverlaps),
        *(exp.JSONBContains, exp.Overlaps, exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey),
        *(exp.JSONPathSubscript, exp.JSONPathWildcard, exp.IgnoreNulls, exp.RespectNulls),
    }
)

# Parts that hold a word, and the words they may hold; None: a name or a value of the user's.
WORDS: Mapping[tuple[Node, str], frozenset[str] | None] = {
    (exp.Identifier, "this"): None,
    (exp.Literal, "this"): None,
    (exp.Var, "this"): None,
    (exp.Anonymous, "this"): None,
    (exp.Placeholder, "this"): None,
    (exp.JSONPathKey, "this"): None,
    (exp.JSONPathSubscript, "this"): None,
    (exp.Join, "side"): frozenset({"LEFT", "RIGHT", "FULL"}),
    (exp.Join, "kind"): frozenset({"INNER", "OUTER", "CROSS"}),
    (exp.WindowSpec, "kind"): frozenset({"ROWS", "RANGE", "GROUPS"}),
    (exp.WindowSpec, "start"): frozenset({"UNBOUNDED", "CURRENT ROW"}),
    (exp.WindowSpec, "end"): frozenset({"UNBOUNDED", "CURRENT ROW"}),
    (exp.WindowSpec, "start_side"): frozenset({"PRECEDING", "FOLLOWING"}),
    (exp.WindowSpec, "end_side"): frozenset({"PRECEDING", "FOLLOWING"}),
    (exp.Window, "over"): frozenset({"OVER"}),
    (exp.Fetch, "direction"): frozenset({"FIRST", "NEXT"}),
    (exp.Trim, "position"): frozenset({"BOTH", "LEADING", "TRAILING"}),
    (exp.Is, "kind"): frozenset(),
}

_UNITS = (
    "MICROSECOND MILLISECONDS MICROSECONDS SECOND SECONDS MINUTE MINUTES HOUR HOURS DAY DAYS WEEK "
    "WEEKS MONTH MONTHS QUARTER YEAR YEARS DECADE CENTURY YEAR_MONTH DAY_HOUR DAY_MINUTE "
    "DAY_SECOND HOUR_MINUTE HOUR_SECOND MINUTE_SECOND DOW ISODOW DOY ISOYEAR EPOCH DATE"
)
UNITS = frozenset(_UNITS.split())
"""The words that EXTRACT and INTERVAL take."""

_TYPES = (
    "DATE TIME TIMESTAMP TIMESTAMPTZ TIMESTAMPNTZ TIMETZ INTERVAL SMALLINT INT BIGINT DECIMAL "
    "FLOAT DOUBLE TEXT VARCHAR CHAR NCHAR BPCHAR BOOLEAN JSON"
)
TYPES: Mapping[Dialect, frozenset[str]] = {
    "postgresql": frozenset(f"{_TYPES} JSONB ARRAY UUID".split()),
    "mysql": frozenset(f"{_TYPES} DATETIME UBIGINT UINT YEAR BINARY CHARACTER_SET".split()),
}
"""The types a value may be converted to, by sqlglot's names."""

CHARSETS = frozenset({"utf8mb4", "utf8mb3", "utf8", "latin1", "ascii", "binary"})

NAMES_OF_NODES: Mapping[str, str] = {
    "Into": "INTO, which writes",
    "Lock": "FOR UPDATE or FOR SHARE, which lock rows",
    "Hint": "optimizer hints",
    "IndexTableHint": "index hints",
    "WithTableHint": "table hints",
    "TableSample": "TABLESAMPLE",
    "SessionParameter": "system variables",
    "Parameter": "variables",
    "PropertyEQ": "assignments",
    "Command": "commands",
    "Insert": "INSERT, which writes",
    "Update": "UPDATE, which writes",
    "Delete": "DELETE, which writes",
    "Merge": "MERGE, which writes",
    "Drop": "DROP, which writes",
    "Create": "CREATE, which writes",
    "Introducer": "strings in a character set of their own",
    "National": "national strings",
    "HexString": "hexadecimal strings",
    "BitString": "bit strings",
    "ByteString": "byte strings",
    "UnicodeString": "strings of escaped letters",
    "Dot": "functions or fields of another schema",
    "CurrentUser": "the name of the database user",
    "SessionUser": "the name of the database user",
    "CurrentRole": "the name of the database user",
    "CurrentSchema": "the name of the schema",
    "CurrentCatalog": "the name of the database",
    "MatchAgainst": "full-text search",
    "Values": "VALUES as a statement",
    "Operator": "operators named with OPERATOR",
    "Bracket": "elements of an array",
    "Slice": "elements of an array",
}
"""How a kind of node is called in a refusal."""
