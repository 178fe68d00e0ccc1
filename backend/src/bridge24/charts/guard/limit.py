"""Pure: sets the LIMIT of a query on its tree, so that order and meaning stay."""

from sqlglot import exp


def set_limit(tree: exp.Expr, most: int) -> None:
    """Let a query give at most ``most`` rows; a smaller limit of its own stays.

    Wrapping the query in another SELECT would lose its order on MariaDB. What is no
    written number (``LIMIT ALL``, a parameter, ``WITH TIES``) is replaced.
    """
    own = own_limit(tree)
    if own is None or own > most:
        tree.set("limit", exp.Limit(expression=exp.Literal.number(most)))


def own_limit(tree: exp.Expr) -> int | None:
    """The number of rows a query limits itself to, if it says so in digits."""
    limit = tree.args.get("limit")
    value = limit.args.get("expression") or limit.args.get("count") if limit else None
    if not isinstance(value, exp.Literal) or value.is_string or not value.name.isdigit():
        return None
    return int(value.name)
