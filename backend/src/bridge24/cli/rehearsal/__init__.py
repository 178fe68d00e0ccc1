"""A wide made-up company to rehearse questions on: an emulated portal, copied for good."""

from bridge24.cli.rehearsal.mirror import mirror

__all__ = ["mirror"]
