"""Real time: events of the portal become committed rows within seconds."""
