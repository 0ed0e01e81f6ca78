"""Outbox: a mail of ours is written as a row of the caller's transaction, which the caller may point at."""

from django.core.mail import EmailMessage

from eipp.kernel import jobs
from messaging.mail import row_of
from messaging.outgoing_mail import OutgoingMail

SENDER = "messaging.mail_delivery.deliver_mail"


def post(message: EmailMessage) -> OutgoingMail:
    """The mail as it will be sent after the commit. A line break in its head raises BadHeaderError."""
    row = row_of(message)
    row.save(force_insert=True)
    jobs.nudge(SENDER)
    return row
