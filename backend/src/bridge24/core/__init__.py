"""Settings, database, logging and errors: nothing about CRM."""
