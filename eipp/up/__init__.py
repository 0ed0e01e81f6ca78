"""Starts the whole platform on one machine: `python -m eipp.up`."""
