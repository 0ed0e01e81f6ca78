"""A mail server on a real port that keeps what it is given, for tests to read."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.ports import free_port


class MailSink:
    """Every mail that arrived, oldest first."""

    def __init__(self) -> None:
        self.url = ""
        self.mails: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        self.mails.append((list(envelope.rcpt_tos), message))
        return "250 Taken"

    def to(self, address: str) -> list[EmailMessage]:
        """What came for this address."""
        return [message for recipients, message in list(self.mails) if address in recipients]

    def await_mail(self, address: str, *, subject: str = "", seconds: float = 30) -> EmailMessage:
        """The first mail for the address whose subject holds these words; raises TimeoutError."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for message in self.to(address):
                if subject in str(message["subject"]):
                    return message
            time.sleep(0.05)
        raise TimeoutError(f"no mail for {address}: {[str(mail['subject']) for _, mail in self.mails]}")


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """Yields it; `url` is what EIPP_SMTP_URL wants."""
    sink = MailSink()
    controller: Any = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    sink.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield sink
    finally:
        controller.stop()
