"""The jobs of this floor, for Celery to find."""

from messaging.mail_delivery import deliver_mail

__all__ = ["deliver_mail"]
