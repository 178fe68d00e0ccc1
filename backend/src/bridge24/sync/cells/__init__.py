"""Plain values in the spelling of a bulk load, one file a dialect; pure."""
