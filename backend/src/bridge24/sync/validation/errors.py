"""What can go wrong while tables are validated, in the user's words."""

from bridge24.core.errors import AppError, BadRequest, Conflict, NotFound


class ValidationInProgress(Conflict):
    """ "{entity}" is being compared or repaired already, in comparison {validation_id}: wait for
    it."""


class NoSuchValidation(NotFound):
    """There is no comparison {validation_id}."""


class NotOver(Conflict):
    """Comparison {validation_id} is not over, or failed: there is nothing to repair yet."""


class MethodImpossible(BadRequest):
    """ "{entity}" cannot be compared by the method "{method}": its rows have no time of
    modification, so they are compared whole."""


class Abandoned(AppError):
    """Whoever carried it out failed so often that nobody tries any more: ask for it again."""
