"""Delivery: a presented invoice goes by mail to each address that its account has for invoices; one row for each.

The relay only writes the rows; `invoice_mail` writes the mails, and the outbox sends them. What became of each stands
here: sent, come back, opened by its link.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q

from eipp.accounts.mail_address import INVOICES, MailAddress, addresses_of, clean_address
from eipp.accounts.models import CustomerAccount, Organisation
from eipp.accounts.plain_text import folded
from eipp.accounts.roles import require
from eipp.kernel import clock, events, jobs
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope
from eipp.ledger.models import Invoice
from messaging.notification import HISTORY
from messaging.outgoing_mail import OutgoingMail
from workflows.presentment import SHOWN, Presentment

PRESENTED = ("invoice.presented", "invoice.released")
POST = Actor.system("mail")
WRITER = "messaging.invoice_mail.write_invoice_mails"


class Delivery(Entity):
    """One invoice to one address. mail: as the outbox has it, empty until it is written; address: the one on record.

    retry_at: when the mail may be written (again); opened_at: when the recipient first opened the document by the link.
    """

    event_id = models.BigIntegerField()
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="deliveries")
    presentment = models.ForeignKey(Presentment, models.PROTECT, related_name="deliveries")
    supplier = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="+")
    address = models.ForeignKey(MailAddress, models.PROTECT, related_name="deliveries", null=True)
    email = models.EmailField()
    email_folded = models.CharField(max_length=400)
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="delivery", null=True)
    made_at = models.DateTimeField()
    retry_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True)
    scope = Scope(supplier="supplier_id", account="account_id")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["event_id", "email_folded"], name="delivered_once"),)
        indexes = (
            models.Index(fields=["retry_at"], condition=Q(mail=None, bounced_at=None), name="delivery_unwritten"),
            models.Index(fields=["supplier", "email_folded"], name="delivery_email"),
        )

    def __str__(self) -> str:
        return f"{self.invoice_id} to {self.email}"

    def event_scope(self) -> EventScope:
        """How an invoice is sent round at the customer is between the supplier and the address."""
        return EventScope(self.supplier_id, None, self.account_id)

    def told(self) -> dict[str, Any]:
        """What its events say."""
        return {"email": self.email, "number": self.invoice.number}

    @property
    def sent_at(self) -> datetime | None:
        return self.mail.sent_at if self.mail else None


def deliver(happened: list[Event]) -> None:
    """EVENT_RELAYS: a row for each address of each invoice that was presented; told twice, it is written once."""
    told = {
        event.subject_id: event for event in happened
        if event.name in PRESENTED and event.recorded_at - event.occurred_at < HISTORY
    }  # fmt: skip
    if not told:
        return
    rows = Presentment.objects.filter(pk__in=told, invoice__isnull=False, state__in=SHOWN).select_related("account")
    wanted: dict[UUID, list[MailAddress]] = {}
    made: list[Delivery] = []
    for row in rows:
        assert row.account
        addresses = wanted.setdefault(row.account.pk, [])
        if not addresses:
            addresses += addresses_of(row.account, INVOICES)
        event = told[row.pk]
        made += [
            _row(row, event.pk, each.email, address=each) for each in addresses if each.added_at <= event.occurred_at
        ]
    Delivery.objects.bulk_create(made, ignore_conflicts=True, batch_size=200)
    if made:
        jobs.nudge(WRITER)


@transaction.atomic
def send(actor: Actor, presentment: Presentment, email: str, *, now: datetime | None = None) -> Delivery:
    """Mail an invoice once more, or to a further address. Event: `delivery.repeated`.

    Refusal (403) without the right, (409) while the buyer may not see it, (422) for what is no address.
    """
    require(actor, "address.administer")
    row = Presentment.objects.visible_to(actor).select_related("account", "invoice").get(pk=presentment.pk)
    if row.invoice is None or row.state not in (*SHOWN, "closed"):
        raise Refusal("not_presented", "Only an invoice that the customer may see is mailed.")
    assert row.account
    email, moment = clean_address(email), now or clock.now()
    known = MailAddress.objects.on_record().filter(account=row.account, purpose=INVOICES, email_folded=folded(email))
    draft = _row(row, 0, email, address=known.first(), now=moment)
    event = events.record("delivery.repeated", draft, actor, concerns=(row.invoice,), data=draft.told())
    draft.event_id = event.pk
    draft.save(force_insert=True)
    if row.state == "bounced":
        row.try_again(POST, now=moment)
    jobs.nudge(WRITER)
    return draft


def deliveries_of(actor: Actor, invoice: Invoice) -> Sequence[Delivery]:
    """To whom an invoice was mailed, and what became of it; the newest last, one query."""
    rows = Delivery.objects.visible_to(actor).filter(invoice=invoice).select_related("mail", "address")
    return list(rows.order_by("made_at", "email"))


def _row(
    row: Presentment, event_id: int, email: str, *, address: MailAddress | None, now: datetime | None = None
) -> Delivery:
    moment = now or clock.now()
    return Delivery(
        event_id=event_id, invoice=row.invoice, presentment=row, supplier_id=row.supplier_id, account=row.account,
        address=address, email=email, email_folded=folded(email), made_at=moment, retry_at=moment,
    )  # fmt: skip
