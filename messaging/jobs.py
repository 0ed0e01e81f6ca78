"""The jobs of this floor, for Celery to find."""

from messaging.bounce import note_bounces
from messaging.invoice_mail import write_invoice_mails
from messaging.mail_delivery import deliver_mail
from messaging.notice_mail import mail_at_once, mail_daily

__all__ = ["deliver_mail", "mail_at_once", "mail_daily", "note_bounces", "write_invoice_mails"]
