"""Compares tables with the portal and keeps what was found."""
