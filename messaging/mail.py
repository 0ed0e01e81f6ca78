"""Mail by outbox: every mail is a row of the transaction that wants it; a job sends it afterwards."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import BadHeaderError

from eipp.kernel import clock, jobs
from messaging.outgoing_mail import OutgoingMail


class OutboxBackend(BaseEmailBackend):
    """EMAIL_BACKEND: Django's, allauth's and our own mails all go into the outbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [row_of(message) for message in email_messages if message.recipients()]
        OutgoingMail.objects.bulk_create(rows)
        if rows:
            jobs.nudge("messaging.mail_delivery.deliver_mail")
        return len(rows)


def row_of(message: EmailMessage) -> OutgoingMail:
    """The mail as a row of the outbox, not saved yet; a line break in an address raises BadHeaderError."""
    for address in (message.from_email, *message.recipients()):
        if any(sign in str(address) for sign in "\r\n\0"):
            raise BadHeaderError("an address with a line break")
    now = clock.now()
    return OutgoingMail(
        sender=message.from_email, recipients=message.recipients(), subject=str(message.subject)[:998],
        content=bytes(message.message()), written_at=now, retry_at=now,
    )  # fmt: skip
