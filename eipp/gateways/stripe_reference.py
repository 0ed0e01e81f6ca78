"""Stripe reference: which of Stripe's objects stands for which of our references, written before Stripe is asked."""

from uuid import UUID

from django.db import models

from eipp.accounts.models import LegalEntity
from eipp.kernel import clock
from eipp.kernel.record import Entity


class StripeReference(Entity):
    """kind: `checkout` or `setup` (a hosted page), `charge` (off-session) or `refund`. stripe_id: empty until Stripe
    has answered; intent_id: the PaymentIntent by which the money moves; parent: the payment that a refund is of.
    failure: what a charge was refused for, where Stripe left nothing behind; asked_at: by the machine's own clock.
    """

    reference = models.UUIDField(unique=True)
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    stripe_id = models.CharField(max_length=100, blank=True)
    intent_id = models.CharField(max_length=100, blank=True, db_index=True)
    customer_id = models.CharField(max_length=100, blank=True)
    url = models.URLField(max_length=2000, blank=True)
    parent = models.UUIDField(null=True)
    failure = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.reference} {self.stripe_id}"


def noted(reference: UUID, payee: LegalEntity, kind: str, *, parent: UUID | None = None) -> StripeReference:
    """The row for a reference of ours, committed before the call: what Stripe did is found again by it."""
    facts = {"legal_entity": payee, "kind": kind, "parent": parent, "asked_at": clock.real()}
    row, _ = StripeReference.objects.get_or_create(reference=reference, defaults=facts)
    return row


def known(reference: UUID, payee: LegalEntity) -> StripeReference | None:
    """What was asked for under a reference for this payee."""
    return StripeReference.objects.filter(reference=reference, legal_entity=payee).first()


def of_intent(intent_id: str, payee: LegalEntity) -> UUID | None:
    """The payment of ours whose money a PaymentIntent moves."""
    rows = StripeReference.objects.filter(intent_id=intent_id or None, legal_entity=payee)
    return rows.values_list("reference", flat=True).first()


def remember(row: StripeReference, **facts: str) -> None:
    """What Stripe has answered."""
    changed = {name: value for name, value in facts.items() if value and getattr(row, name) != value}
    if changed:
        StripeReference.objects.filter(pk=row.pk).update(**changed)
        for name, value in changed.items():
            setattr(row, name, value)
