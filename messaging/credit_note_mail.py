"""Credit note mail: a credit note goes by mail, with its paper, to each address that its account has for invoices."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.urls import reverse

from documents.name import clean_name
from eipp.accounts.mail_address import INVOICES, MailAddress, addresses_of
from eipp.accounts.models import Organisation
from eipp.accounts.plain_text import folded
from eipp.kernel import clock, jobs
from eipp.kernel.events import Event
from eipp.kernel.jobs import job
from eipp.kernel.record import Entity
from eipp.kernel.tenancy import Scope
from eipp.ledger import credit_note_paper
from eipp.ledger.models import CreditNote
from messaging import outbox
from messaging.letter import Paper, house_of, letter
from messaging.notification import HISTORY
from messaging.outgoing_mail import OutgoingMail

log = structlog.get_logger()
LEASE = timedelta(minutes=3)  # longer than one mail takes to write
ATTEMPTS = 5
LATEST = timedelta(days=7)  # what was posted so long ago is not mailed any more, such as all before this relay
WRITER = "messaging.credit_note_mail.write_credit_note_mails"


class CreditNoteMail(Entity):
    """One credit note to one address; mail: as the outbox has it, empty until it is written."""

    event_id = models.BigIntegerField()
    credit_note = models.ForeignKey(CreditNote, models.PROTECT, related_name="mails")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account_id = models.UUIDField()
    email = models.EmailField()
    email_folded = models.CharField(max_length=400)
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="credit_note_mail", null=True)
    made_at = models.DateTimeField()
    retry_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    scope = Scope(supplier="supplier_id", account="account_id")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["event_id", "email_folded"], name="credit_note_mailed_once"),)
        indexes = (models.Index(fields=["retry_at"], condition=Q(mail=None), name="credit_note_mail_unwritten"),)

    def __str__(self) -> str:
        return f"{self.credit_note_id} to {self.email}"


def mail_credit_notes(happened: list[Event]) -> None:
    """EVENT_RELAYS: a row for each address of each credit note that was posted; told twice, it is written once."""
    now = clock.now()
    told = {
        event.subject_id: event for event in happened
        if event.name == "credit_note.posted" and event.recorded_at - event.occurred_at < HISTORY
        and now - event.recorded_at < LATEST
    }  # fmt: skip
    if not told:
        return
    made = []
    for note in CreditNote.objects.filter(pk__in=told).select_related("account"):
        event = told[note.pk]
        made += [
            _row(note, event.pk, each, now) for each in addresses_of(note.account, INVOICES)
            if each.added_at <= event.occurred_at
        ]  # fmt: skip
    CreditNoteMail.objects.bulk_create(made, ignore_conflicts=True, batch_size=200)
    if made:
        jobs.nudge(WRITER)


@job(every=5)
def write_credit_note_mails() -> None:
    """Write the mails that wait, each in a transaction of its own; one that cannot be written is tried again."""
    while row := _claim(clock.now()):
        try:
            _write(row)
        except Exception:  # one document's trouble must not keep the others waiting
            log.exception("credit_note_mail.not_written", mail=str(row.pk))


def _claim(now: datetime) -> CreditNoteMail | None:
    """Take what waits longest; it is due again when the lease ends, should this process die."""
    waiting = CreditNoteMail.objects.filter(mail=None, retry_at__lte=now, attempts__lt=ATTEMPTS).order_by("retry_at")
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        row = waiting.select_for_update(skip_locked=skip).first()
        if row is not None:
            CreditNoteMail.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, retry_at=now + LEASE)
    return row


@transaction.atomic
def _write(claimed: CreditNoteMail) -> None:
    row = CreditNoteMail.objects.select_for_update(of=("self",)).get(pk=claimed.pk)
    if row.mail_id:
        return
    rows = CreditNote.objects.select_related("supplier", "account", "legal_entity", "corrects")
    note = rows.get(pk=row.credit_note_id)
    paper = Paper(clean_name(credit_note_paper.name(note)), credit_note_paper.pdf(note), "application/pdf")
    about = f" for invoice {note.corrects.number}" if note.corrects else ""
    row.mail = outbox.post(letter(
        note.supplier, to=row.email, template="credit_note", papers=[paper],
        subject=f"Credit note {note.number} from {house_of(note.supplier)}: {note.payable}{about}",
        words={"note": note, "link": settings.BASE_URL + reverse("portal:credit-note", args=[note.pk])},
    ))  # fmt: skip
    row.save(update_fields=["mail"])


def _row(note: CreditNote, event_id: int, address: MailAddress, now: datetime) -> CreditNoteMail:
    return CreditNoteMail(
        event_id=event_id, credit_note=note, supplier_id=note.supplier_id, account_id=note.account_id,
        email=address.email, email_folded=folded(address.email), made_at=now, retry_at=now,
    )  # fmt: skip
