"""Link: what is mailed opens exactly one invoice, for one recipient, until it expires or is revoked.

Looking uses nothing up, so a mail scanner's visit does no harm; and nothing can be paid, approved or disputed by it:
that asks for a sign-in. Of the secret only the fingerprint is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from eipp.accounts.mail_address import MailAddress, addresses_of
from eipp.accounts.roles import require
from eipp.kernel import clock, events, secrets
from eipp.kernel.actor import Actor
from eipp.kernel.record import Entity
from eipp.kernel.refusal import Refusal
from eipp.kernel.tenancy import Scope
from messaging import outbox
from messaging.delivery import Delivery
from messaging.letter import house_of, letter
from workflows.presentment import SHOWN

LASTS = timedelta(days=60)
PAUSE = timedelta(minutes=10)  # between two fresh links to the same recipient
VISITOR = Actor.system("mailed link", via="web")


class MailLink(Entity):
    """Facts with times. The recipient and the invoice are its delivery's."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="links")
    fingerprint = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    scope = Scope(supplier="delivery__supplier_id", account="delivery__account_id")

    def __str__(self) -> str:
        return f"link to {self.delivery.email}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a token opens: the link, and why it does not open any more (`expired`, `revoked`, or empty)."""

    link: MailLink
    closed: str = ""

    @property
    def delivery(self) -> Delivery:
        return self.link.delivery


def make_link(delivery: Delivery, *, now: datetime) -> str:
    """A fresh link for a delivery's recipient; the address to mail, which is kept nowhere."""
    token = secrets.new_token()
    MailLink.objects.create(
        delivery=delivery, fingerprint=secrets.fingerprint(token), made_at=now, expires_at=now + LASTS
    )
    return settings.BASE_URL + reverse("web:mailed", args=[token])


def find_link(token: str, *, now: datetime | None = None) -> Found | None:
    """What the token opens; None for one that never was. Looking changes nothing."""
    rows = MailLink.objects.select_related(
        "delivery__invoice__supplier", "delivery__invoice__account__parent", "delivery__presentment",
        "delivery__supplier", "delivery__address",
    )  # fmt: skip
    link = rows.filter(fingerprint=secrets.fingerprint(token)).first()
    if link is None:
        return None
    address = link.delivery.address
    if link.revoked_at or (address and address.removed_at):  # what is off the record opens nothing any more
        return Found(link, "revoked")
    return Found(link, "" if link.expires_at > (now or clock.now()) else "expired")


@transaction.atomic
def note_opened(delivery: Delivery, *, now: datetime | None = None) -> None:
    """Somebody has opened the document by the link. Event, for the first time: `delivery.opened`."""
    moment = now or clock.now()
    if Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=moment):
        MailAddress.objects.filter(deliveries=delivery).update(bounced_at=None, bounce_reason="")
        events.record("delivery.opened", delivery, VISITOR, concerns=(delivery.invoice,), data=delivery.told())


@transaction.atomic
def revoke_links(actor: Actor, delivery: Delivery, *, now: datetime | None = None) -> None:
    """The recipient's links open nothing any more. Event: `delivery.revoked`."""
    require(actor, "invoice.view")
    require(actor, "address.administer")
    found = Delivery.objects.visible_to(actor).select_related("invoice").get(pk=delivery.pk)
    if not MailLink.objects.filter(delivery=found, revoked_at=None).update(revoked_at=now or clock.now()):
        raise Refusal("revoked_already", f"No link of {found.email} opens this invoice any more.")
    events.record("delivery.revoked", found, actor, concerns=(found.invoice,), data=found.told())


def may_be_renewed(found: Found) -> bool:
    """Whether the same recipient may get a fresh link: while the invoice is shown and the address is on record."""
    delivery = found.delivery
    if delivery.presentment.state not in (*SHOWN, "closed"):
        return False
    known = addresses_of(delivery.invoice.account, "invoices")
    return any(address.email_folded == delivery.email_folded and not address.bounced_at for address in known)


@transaction.atomic
def renew(found: Found, *, now: datetime | None = None) -> None:
    """Mail a fresh link to the very address that the old one went to. Event: `delivery.renewed`.

    Refusal (409) where the address is not on record any more, (429) when one was mailed a moment ago.
    """
    moment = now or clock.now()
    delivery = Delivery.objects.select_for_update().get(pk=found.delivery.pk)
    if not may_be_renewed(found):
        raise Refusal("not_on_record", "This address gets no invoices of this account any more: ask for your own link.")
    if MailLink.objects.filter(delivery=delivery, made_at__gt=moment - PAUSE).exists():
        raise Refusal("just_mailed", "A fresh link was mailed a moment ago: look into your inbox.", status=429)
    invoice = found.delivery.invoice
    house = house_of(found.delivery.supplier)
    outbox.post(letter(
        found.delivery.supplier, to=delivery.email, subject=f"Your new link to invoice {invoice.number} from {house}",
        template="link", words={"invoice": invoice, "link": make_link(delivery, now=moment), "lasts": LASTS.days},
    ))  # fmt: skip
    events.record("delivery.renewed", delivery, VISITOR, concerns=(invoice,), data=delivery.told())
