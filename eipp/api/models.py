"""The API's rows."""

from eipp.api.idempotency import IdempotencyKey

__all__ = ["IdempotencyKey"]
