"""Charts and descriptions of the mirrored CRM; knows the sync only by its tables."""
