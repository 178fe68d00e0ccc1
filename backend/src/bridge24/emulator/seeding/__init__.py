"""What a portal is born with, made from a seed: the same seed, the same company."""
