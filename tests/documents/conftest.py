"""The same people who talk also send files."""

from tests.messaging.conftest import cast

__all__ = ["cast"]
