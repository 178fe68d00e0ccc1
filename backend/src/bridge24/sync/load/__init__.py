"""Bulk loading of typed rows, one file a database."""
