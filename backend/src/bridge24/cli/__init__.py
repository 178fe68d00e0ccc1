"""The command line: ``bridge24``."""

from bridge24.cli.app import main

__all__ = ["main"]
