"""The job queue, kept in the database: promise work in a transaction, have it done after."""

from bridge24.core.jobs.collisions import persist
from bridge24.core.jobs.enqueue import Order, commit_with, enqueue
from bridge24.core.jobs.errors import AlreadyQueued, LeaseLost, NoSuchJob, Postpone, UnknownTask
from bridge24.core.jobs.models import Job, JobWorker, Priority, State
from bridge24.core.jobs.operate import Alive, Depth, Figures, cancel, figures, prune, revive
from bridge24.core.jobs.registry import Retry, task
from bridge24.core.jobs.running import RunningJob, current_job
from bridge24.core.jobs.worker import run_worker

__all__ = [
    "Alive",
    "AlreadyQueued",
    "Depth",
    "Figures",
    "Job",
    "JobWorker",
    "LeaseLost",
    "NoSuchJob",
    "Order",
    "Postpone",
    "Priority",
    "Retry",
    "RunningJob",
    "State",
    "UnknownTask",
    "cancel",
    "commit_with",
    "current_job",
    "enqueue",
    "figures",
    "persist",
    "prune",
    "revive",
    "run_worker",
    "task",
]
