"""A real mail server for tests: it keeps what it gets, or answers as it is told to."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.message import Message as ParsedMail
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import LazySettings

from tests.servers.ports import free_port


class Sink:
    """taken: (recipients, mail) in the order in which they came; refuses: recipients that do not exist there."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], ParsedMail]] = []
        self.answer = "250 OK"
        self.refuses: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address in self.refuses:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.taken.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content)))
        return self.answer

    def read(self) -> list[EmailMessage]:
        """What came, as a mail program reads it."""
        parsed = [email.message_from_bytes(bytes(mail), policy=email.policy.default) for _, mail in self.taken]
        return [mail for mail in parsed if isinstance(mail, EmailMessage)]


@contextmanager
def running_sink(settings: LazySettings) -> Iterator[Sink]:
    """Runs one, and has the platform send by it."""
    handler, port = Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    try:
        yield handler
    finally:
        controller.stop()
