"""The REST methods, one file a family."""
