"""What the mirrored tables hold, for people and for language models."""
