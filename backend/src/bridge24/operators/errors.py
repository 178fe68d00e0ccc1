"""What can go wrong with signing in."""

from bridge24.core.errors import AppError, BadRequest, Conflict, NotFound


class SignInNeeded(AppError):
    """Sign in first."""

    status = 401


class WrongPassword(AppError):
    """The name or the password is wrong."""

    status = 401


class RoleTooLow(AppError):
    """This needs the role "{needed}", and you have "{role}": ask an administrator."""

    status = 403


class ForeignPage(AppError):
    """A page of another site sent this request: use this program's own pages."""

    status = 403


class NotThisMachine(AppError):
    """Nobody has to sign in here, so only this machine may ask, by its local name: open
    it as localhost, or switch signing in on with AUTH_ENABLED."""

    status = 403


class TooManyTries(AppError):
    """Too many failed tries to sign in: wait {retry_after} s."""

    status = 429


class SignInIsOff(Conflict):
    """Nobody has to sign in here: AUTH_ENABLED is off."""


class NameTaken(Conflict):
    """There is an operator "{name}" already."""


class NoSuchOperator(NotFound):
    """There is no operator {operator}."""


class LastAdmin(Conflict):
    """This is the last administrator: make another one first."""


class WeakPassword(BadRequest):
    """The password is {reason}: choose another one."""
