"""Why a chart's query is refused or has failed, in the user's words."""

from bridge24.core.errors import AppError


class ChartServiceError(AppError):
    """The chart cannot be shown: {reason}."""

    status = 400
    exit_code = 2


class QueryRefused(ChartServiceError):
    """The query is refused: {reason}."""

    status = 422


class UnreadableQuery(QueryRefused):
    """The query cannot be read: {reason}."""


class SuspiciousText(QueryRefused):
    """The query is refused because its text holds {what}, which databases read differently from
    what one sees."""


class QueryTooLarge(QueryRefused):
    """The query is refused because it is too large: {what} is at most {most}."""


class NotOneStatement(QueryRefused):
    """The query is refused because it must be exactly one statement: remove what follows the
    semicolon."""


class NotAQuery(QueryRefused):
    """The query is refused because a chart may only read: it must be a SELECT, not {kind}."""


class ForbiddenTable(QueryRefused):
    """The query is refused because "{table}" is not a table of the CRM that charts may read."""


class OtherSchema(QueryRefused):
    """The query is refused because it names the schema "{schema}": charts may read only the
    tables of the CRM."""


class ForbiddenColumn(QueryRefused):
    """The query is refused because "{column}" is a system column, not one of the CRM's."""


class ForbiddenFunction(QueryRefused):
    """The query is refused because the function {function} is not one that charts may use."""


class ForbiddenConstruct(QueryRefused):
    """The query is refused because charts may not use {construct}."""


class ForbiddenType(QueryRefused):
    """The query is refused because charts may not convert a value to the type {type}."""


class UnboundedSize(QueryRefused):
    """The query is refused because {what} could make a value or a list of any size: give a small
    number there."""


class UnboundedRecursion(QueryRefused):
    """The query is refused because nothing stops the recursion of "{name}": compare a counter or
    a date that grows by a fixed step with a constant in its WHERE."""


class JoinWithoutCondition(QueryRefused):
    """The query is refused because {tables} are joined without a condition that compares their
    columns with "=": every row would meet every other."""


class UnknownParameter(QueryRefused):
    """The query is refused because nothing gives a value to its parameter ":{name}"."""


class QueryTooCostly(QueryRefused):
    """The query is refused because the database expects far too much work ({cost}): narrow the
    period, or join by id."""


class QueryFailed(ChartServiceError):
    """The database could not run the query: {reason}."""


class ColumnGone(QueryFailed):
    """The query uses a column that is not there, perhaps not any more ({reason}): change the
    query, or bring the column back."""

    status = 409


class QueryTimedOut(ChartServiceError):
    """The query was stopped after {seconds} seconds: narrow the period, or raise
    CHART_QUERY_TIMEOUT_SECONDS."""

    status = 504


class ResultTooWide(ChartServiceError):
    """The answer of the query is larger than {megabytes} MB: select fewer or shorter columns."""


class ChartsBusy(ChartServiceError):
    """All connections for charts are in use: try again in a few seconds."""

    status = 503
    exit_code = 4


class CannotGrant(AppError):
    """The read-only user cannot be made: {reason}."""

    exit_code = 4
