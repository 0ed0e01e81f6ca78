"""The example world's row."""

from eipp.demo.day import ExampleDay

__all__ = ["ExampleDay"]
