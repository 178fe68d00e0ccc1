"""The one-way mirror of a CRM in SQL tables."""
