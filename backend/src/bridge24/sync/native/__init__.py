"""Typing of rows in C, where it was built: sources in ``backend/native``."""
