"""The jobs of this floor, for Celery to find."""

from eipp.accounts.first_sign_in import look_up

__all__ = ["look_up"]
