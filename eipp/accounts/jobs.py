"""The jobs of this floor, for Celery to find."""

from eipp.accounts.first_sign_in import look_up
from eipp.accounts.session import forget_worn_out

__all__ = ["forget_worn_out", "look_up"]
