"""Reading and altering tables, one file a database."""
