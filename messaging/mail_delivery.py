"""Sends what lies in the outbox: by SMTP, or into a folder where no server is configured."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Min

from eipp.kernel import clock
from eipp.kernel.gauges import Backlog
from eipp.kernel.jobs import job
from messaging.outgoing_mail import OutgoingMail

log = structlog.get_logger()
SECONDS = 15  # for each answer of the server
LEASE = timedelta(minutes=3)  # longer than one mail can take
PAUSES = [timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 21600)]
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class Carrier(Protocol):
    """Takes one mail, or raises OSError (smtplib's errors are of that kind)."""

    def carry(self, mail: OutgoingMail) -> None: ...


@job(every=5)
def deliver_mail() -> None:
    """Send what is due, one mail at a time under a lease, so that no two workers send the same."""
    if not OutgoingMail.objects.filter(sent_at=None, failed_at=None, retry_at__lte=clock.now()).exists():
        return
    try:
        with _carrier() as carrier:
            while mail := _claim(clock.now()):
                _deliver(mail, carrier)
    except OSError as error:
        log.warning("mail.server_unreachable", error=str(error))


def backlog() -> Iterator[Backlog]:
    """Mails on their way, and those given up, which wait for a human."""
    mails = OutgoingMail.objects.filter(sent_at=None)
    due = mails.filter(failed_at=None).aggregate(rows=Count("pk"), oldest=Min("written_at"))
    yield Backlog("mails to send", **due)
    yield Backlog("mails given up", mails.exclude(failed_at=None).count())


def _claim(now: datetime) -> OutgoingMail | None:
    """Take the mail that waits longest; it is due again when the lease ends, should this process die."""
    waiting = OutgoingMail.objects.filter(sent_at=None, failed_at=None, retry_at__lte=now).order_by("retry_at")
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        mail = waiting.select_for_update(skip_locked=skip).first()
        if mail is not None:
            mail.attempts += 1
            mail.retry_at = now + LEASE
            mail.save(update_fields=["attempts", "retry_at"])
    return mail


def _deliver(mail: OutgoingMail, carrier: Carrier) -> None:
    try:
        carrier.carry(mail)
    except (OSError, ValueError) as error:
        _note_failure(mail, error, clock.now())
        return
    mail.sent_at, mail.content, mail.error = clock.now(), b"", ""
    mail.save(update_fields=["sent_at", "content", "error"])


def _note_failure(mail: OutgoingMail, error: Exception, now: datetime) -> None:
    mail.error = repr(error)[:500]
    if mail.attempts > len(PAUSES) or _is_final(error):
        mail.failed_at = now
        log.error("mail.given_up", mail=str(mail.pk), error=mail.error)
    else:
        mail.retry_at = now + PAUSES[mail.attempts - 1]
    mail.save(update_fields=["error", "failed_at", "retry_at"])


def _is_final(error: Exception) -> bool:
    """Whether the server said that it will never take this mail to any of its recipients (RFC 5321 4.2.1: 5yz)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) and error.smtp_code >= 500


@contextmanager
def _carrier() -> Iterator[Carrier]:
    if not settings.SMTP_URL:
        yield Folder(Path(settings.MAIL_FOLDER))
        return
    server = Server(settings.SMTP_URL)
    try:
        yield server
    finally:
        server.quit()


class Folder:
    """Where no server is configured, each mail is a file that any mail program opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def carry(self, mail: OutgoingMail) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{mail.pk}"
        draft.write_bytes(bytes(mail.content))
        draft.replace(self.folder / f"{mail.written_at:%Y%m%d-%H%M%S}-{mail.pk}.eml")


def _as_sent(content: bytes) -> bytes:
    """Each line ends with CR LF (RFC 5321 2.3.8): servers refuse bare line feeds, and smtplib mends only text."""
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


class Server:
    """A mail server; the connection is made for the first mail, and again after a fault."""

    def __init__(self, url: str) -> None:
        self.address = urlsplit(url)
        self.connection: smtplib.SMTP | None = None

    def carry(self, mail: OutgoingMail) -> None:
        try:
            self.connection = self.connection or self._connect()
            refused = self.connection.sendmail(mail.sender, mail.recipients, _as_sent(bytes(mail.content)))
        except (OSError, ValueError):
            self.quit()
            raise
        if refused:
            log.warning("mail.partly_refused", mail=str(mail.pk), refused=len(refused))

    def quit(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _connect(self) -> smtplib.SMTP:
        scheme, host = self.address.scheme, self.address.hostname or ""
        port = self.address.port or PORTS[scheme]
        trusted = ssl.create_default_context()
        if scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=trusted)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
        if scheme == "smtp+tls":
            server.starttls(context=trusted)
        if self.address.username:
            server.login(unquote(self.address.username), unquote(self.address.password or ""))
        return server
