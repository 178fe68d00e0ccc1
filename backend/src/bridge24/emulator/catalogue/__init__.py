"""What a fresh portal knows: standard fields, words, names, dictionaries."""
