"""Measurements: `make bench` prints one JSON object a line, each a ratio of two things run side by side."""
