"""Bounce: mails that come back. The server refused for good, or a report came later (RFC 3464); AR sees it as work.

A report names the mail by the id that we gave it, which is signed: nobody can make a mail bounce that they never got.
"""

import email
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from uuid import UUID

from django.db import transaction

from eipp.accounts.mail_address import MailAddress
from eipp.accounts.membership import Membership
from eipp.kernel import clock, events, secrets
from eipp.kernel.jobs import job
from messaging.delivery import POST, Delivery
from messaging.letter import domain, one_line
from workflows.presentment import Presentment

_ID = re.compile(r"<?([0-9a-f]{32})\.([0-9a-f]{20})@")
_PURPOSE = "mail id"


@job(every=10)
def note_bounces() -> None:
    """What the outbox had to give up is noted at its deliveries."""
    failed = Delivery.objects.filter(bounced_at=None, mail__failed_at__isnull=False).select_related("mail")
    for delivery in failed.order_by("made_at")[:200]:
        assert delivery.mail
        give_up(delivery, readable(delivery.mail.error))


def take_report(content: bytes, *, now: datetime | None = None) -> int:
    """Note what a delivery status notification says; how many of our deliveries it was about.

    Delays and successes are none of it; what is no report, or about a mail of somebody else, changes nothing.
    """
    report = email.message_from_bytes(content)
    reasons = list(_failures(report))
    delivery = _delivery_named(report) if reasons else None
    if delivery is None:
        return 0
    return int(give_up(delivery, reasons[0], now=now))


def message_id(delivery: Delivery) -> str:
    """The mail's own id: the delivery's, signed."""
    return f"<{delivery.pk.hex}.{_signature(delivery.pk)}@{domain()}>"


@transaction.atomic
def give_up(delivery: Delivery, reason: str, *, now: datetime | None = None) -> bool:
    """Note that a delivery came back, and at its address. Event: `delivery.bounced`; where no channel reached anybody,
    the presentment bounces as well. Told again, nothing changes and it answers False."""
    moment, reason = now or clock.now(), one_line(reason)[:300]
    row = Delivery.objects.select_for_update(of=("self",)).select_related("invoice", "presentment").get(pk=delivery.pk)
    if row.bounced_at:
        return False
    row.bounced_at, row.bounce_reason = moment, reason
    row.save(update_fields=["bounced_at", "bounce_reason"])
    if row.address_id:
        noted = MailAddress.objects.filter(pk=row.address_id, bounced_at=None)
        noted.update(bounced_at=moment, bounce_reason=reason)
    events.record(
        "delivery.bounced", row, POST, concerns=(row.invoice, row.presentment), data={**row.told(), "reason": reason},
        occurred_at=moment,
    )  # fmt: skip
    if row.presentment.state == "presented" and not _reached_somebody(row.presentment):
        row.presentment.bounce(POST, now=moment)
    return True


def readable(error: str) -> str:
    """What the other server said, without the words of our programs around it."""
    said = re.search(r"b['\"](.+?)['\"]\)", error)
    return said[1].replace("\\n", " ") if said else error


def _reached_somebody(presentment: Presentment) -> bool:
    """Whether a mail is not known to have come back, or somebody at the buyer can see it in the portal."""
    if Delivery.objects.filter(presentment=presentment, bounced_at=None).exists():
        return True
    account = presentment.account
    if account is None or account.buyer_id is None or not account.portal_enabled:
        return False
    members = Membership.objects.filter(organisation=account.buyer_id, ended_at=None, person__is_active=True)
    return members.exists()


def _failures(report: Message) -> Iterator[str]:
    """For each recipient who will never get the mail, why (RFC 3464 2.3: Action failed, Status 5.x.x)."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in [each for each in blocks if isinstance(each, Message)] if isinstance(blocks, list) else []:
            action, status = (str(block.get(name, "")).strip() for name in ("Action", "Status"))
            if action.lower() == "failed" and status.startswith("5"):
                yield str(block.get("Diagnostic-Code", "")).partition(";")[2].strip() or f"Status {status}"


def _delivery_named(report: Message) -> Delivery | None:
    """Our delivery whose mail is returned in the report, by the id in its head."""
    for part in report.walk():
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822"):
            found = _ID.search(part.as_string())
            if found and secrets.is_signed(_PURPOSE, found[1], _whole(found[1], found[2])):
                return Delivery.objects.filter(pk=UUID(found[1])).first()
    return None


def _whole(text: str, short: str) -> str:
    """The full signature, if the short one is its beginning."""
    whole = secrets.sign(_PURPOSE, text)
    return whole if whole.startswith(short) else ""


def _signature(pk: UUID) -> str:
    return secrets.sign(_PURPOSE, pk.hex)[:20]
