"""Mail addresses: where a customer account wants its invoices, reminders, disputes and remittance advice by mail."""

import unicodedata
from datetime import datetime
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import Q

from eipp.accounts.customer_account import CustomerAccount
from eipp.accounts.plain_text import folded
from eipp.accounts.roles import require
from eipp.kernel import clock, events
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import EventScope, Scope, ScopedQuerySet

INVOICES, REMINDERS, DISPUTES, REMITTANCE = "invoices", "reminders", "disputes", "remittance"
PURPOSES = (
    (INVOICES, "Invoices"), (REMINDERS, "Reminders"), (DISPUTES, "Disputes"), (REMITTANCE, "Remittance advice"),
)  # fmt: skip
MOST = 20  # addresses of one account for one purpose


class MailAddressQuerySet(ScopedQuerySet):
    """The addresses of accounts."""

    def on_record(self) -> Self:
        """Those that are in use."""
        return self.filter(removed_at=None)


class MailAddress(Entity):
    """One address for one purpose, often a shared mailbox. What was taken off the record stays, with its time.

    bounced_at: since when mails to it come back, with the reason the other server gave; empty while they arrive.
    """

    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="mail_addresses")
    purpose = models.CharField(max_length=12, choices=PURPOSES)
    email = models.EmailField()
    email_folded = models.CharField(max_length=400)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=300, blank=True)
    objects: ClassVar[Any] = models.Manager.from_queryset(MailAddressQuerySet)()
    scope = Scope(supplier="account__supplier_id", buyer="account__buyer_id", account="account_id")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("account", "purpose", "email_folded"), condition=Q(removed_at=None), name="mail_address_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("account",), condition=Q(removed_at=None, bounced_at__isnull=False), name="mail_address_bounced"
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} ({self.purpose})"

    def event_scope(self) -> EventScope:
        return self.account.event_scope()


@transaction.atomic
def add_mail_address(
    actor: Actor, account: CustomerAccount, *, purpose: str, email: str, now: datetime | None = None
) -> MailAddress:
    """Put an address on record; one that is there already is the same one. Event: `mail_address.added`.

    Refusal (403) without the right, (422) for what is no single address.
    """
    require(actor, "address.administer")
    account = CustomerAccount.objects.visible_to(actor).select_for_update().get(pk=account.pk)
    if purpose not in dict(PURPOSES):
        raise Refusal("unknown_purpose", "Choose what the address is for.", status=422, field="purpose")
    email = clean_address(email)
    standing = MailAddress.objects.on_record().filter(account=account, purpose=purpose)
    if same := standing.filter(email_folded=folded(email)).first():
        return same
    if standing.count() >= MOST:
        raise Refusal(
            "too_many", f"An account has at most {MOST} addresses for one purpose.", status=422, field="email"
        )
    row = MailAddress.objects.create(
        account=account, purpose=purpose, email=email, email_folded=folded(email), added_at=now or clock.now()
    )
    events.record("mail_address.added", row, actor, concerns=(account,), data={"email": email, "purpose": purpose})
    return row


@transaction.atomic
def remove_mail_address(actor: Actor, address: MailAddress, *, now: datetime | None = None) -> None:
    """Take an address off the record: nothing is mailed there any more. Event: `mail_address.removed`."""
    require(actor, "address.administer")
    row = MailAddress.objects.visible_to(actor).select_for_update().select_related("account").get(pk=address.pk)
    if row.removed_at is not None:
        return
    row.removed_at = address.removed_at = now or clock.now()
    row.save(update_fields=["removed_at"])
    data = {"email": row.email, "purpose": row.purpose}
    events.record("mail_address.removed", row, actor, concerns=(row.account,), data=data)


def addresses_of(account: CustomerAccount, purpose: str) -> list[MailAddress]:
    """Where an account wants something mailed: its own addresses, or those of the nearest account above with any."""
    above: CustomerAccount | None = account
    while above:
        if found := list(MailAddress.objects.on_record().filter(account=above, purpose=purpose).order_by("added_at")):
            return found
        above = above.parent
    return []


def clean_address(text: str) -> str:
    """One e-mail address, as it may stand in a mail's head; Refusal (422) for a line break or a second one in it."""
    email = text.strip(" \t")
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Cn") for sign in email):
        sentence = "An e-mail address is one line: this one holds a line break or signs that cannot be seen."
        raise Refusal("email_line_break", sentence, status=422, field="email")
    if email.count("@") > 1 or any(sign in email for sign in ",;<> "):
        sentence = "Write one address, such as invoices@company.example; add a second one by itself."
        raise Refusal("email_several", sentence, status=422, field="email")
    try:
        validate_email(email)
    except ValidationError:
        sentence = "This is not an e-mail address; one looks like invoices@company.example."
        raise Refusal("email_invalid", sentence, status=422, field="email") from None
    if len(email) > 254:
        raise Refusal("email_invalid", "An e-mail address has at most 254 characters.", status=422, field="email")
    return email
