"""The jobs of this floor, for Celery to find."""

from messaging.bounce import note_bounces
from messaging.credit_note_mail import write_credit_note_mails
from messaging.invoice_mail import write_invoice_mails
from messaging.mail_delivery import deliver_mail
from messaging.notice_mail import mail_at_once, mail_daily
from messaging.webhook_sending import call_webhooks, forget_tries

__all__ = [
    "call_webhooks",
    "deliver_mail",
    "forget_tries",
    "mail_at_once",
    "mail_daily",
    "note_bounces",
    "write_credit_note_mails",
    "write_invoice_mails",
]
