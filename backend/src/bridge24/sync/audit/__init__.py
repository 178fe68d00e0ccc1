"""Finds rows that were deleted, are missing or are stale, without reading everything again."""
