"""A language model's server whose answers are written beforehand: for tests and demonstrations."""

from bridge24.canned.rules import Rule
from bridge24.canned.server import CannedModel

__all__ = ["CannedModel", "Rule"]
