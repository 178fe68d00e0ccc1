"""Runs as jobs: opened by whoever asks, done by a worker, watched by everybody."""
