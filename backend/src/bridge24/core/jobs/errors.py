"""What can go wrong with a job."""

from datetime import timedelta

from bridge24.core.errors import AppError, Conflict, NotFound


class NoSuchJob(NotFound):
    """There is no job {job_id} in a state that allows this."""


class UnknownTask(AppError):
    """No task is named "{task}": import the module that declares it."""


class AlreadyQueued(Conflict):
    """A job that does the same ("{dedup}") is queued already."""


class LeaseLost(AppError):
    """Job {job_id} belongs to another worker by now: nothing of this attempt may be kept."""


class JobTimedOut(AppError):
    """The job did not end in time."""


class Postpone(Exception):
    """Raised by a handler: not now, but later; the attempt does not count."""

    def __init__(self, *, by: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.by = by


class WorkersVanished(AppError):
    """The worker vanished in each of {attempts} attempts: the job may be what kills it."""


class HandlerCancelled(AppError):
    """The handler cancelled itself."""
