"""The tasks a worker may be asked to run: importing them declares them."""

from bridge24.core.jobs import run_worker

__all__ = ["run_worker"]
