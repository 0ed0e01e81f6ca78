"""Intents against the gateway: each payment that moved lately is looked up at its provider, and must be the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from eipp.gateways import gateway as gateways
from eipp.kernel import clock
from eipp.kernel.money import total
from eipp.ledger.models import CashReceipt
from workflows import gateway_talk
from workflows.payment import ON_THE_WAY, Payment

MOST_LOOKS = 2_000  # in one run: the latest
#: What a payment may be here while it is so at the provider.
FITTING = {
    "open": (*ON_THE_WAY, "cancelled"), "pending": ON_THE_WAY, "succeeded": ("settled",), "failed": ("failed",),
    "cancelled": ("cancelled", "failed"), "returned": ("returned",), "charged_back": ("charged_back",),
    "missing": ("failed", "cancelled", "submitted", "unknown"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unlike:
    """A payment that is something else here than at its provider."""

    payment: Payment
    what: str

    def __str__(self) -> str:
        return f"payment {self.payment.number}: {self.what}"


def differences(*, days: int, now: datetime | None = None) -> Iterator[Unlike]:
    """The payments of the last days that their providers know as something else; a provider that does not answer is
    one as well. Makes no call inside a transaction; what is news is taken up first, in the usual way."""
    moment = now or clock.now()
    recent = Q(state_since__gte=moment - timedelta(days=days)) | Q(state__in=ON_THE_WAY)
    rows = Payment.objects.filter(recent).exclude(method="bank_transfer").exclude(state="planned")
    for payment_id in list(rows.order_by("-state_since").values_list("pk", flat=True)[:MOST_LOOKS]):
        if found := _differs(payment_id, moment, is_last=False):
            yield found


def _differs(payment_id: UUID, now: datetime, *, is_last: bool) -> Unlike | None:
    payment = Payment.objects.select_related("legal_entity").get(pk=payment_id)
    try:
        look = gateways.of(payment.gateway, payment.legal_entity).look(payment.pk)
    except gateways.NoAnswer as error:
        return Unlike(payment, f"its provider does not answer: {error}")
    what = _unlike(payment, look)
    if what and not is_last:  # it may be that we have not heard yet
        gateway_talk.ask(payment.pk, now=now)
        return _differs(payment_id, now, is_last=True)
    return Unlike(payment, what) if what else None


def _unlike(payment: Payment, look: gateways.Look) -> str:
    if payment.state not in FITTING[look.status]:
        return f"it is {payment.state} here and {look.status} at {payment.gateway}"
    if look.status != "succeeded" or look.amount is None:
        return ""
    receipts = CashReceipt.objects.filter(payment_id=payment.pk, reversed_at=None)
    came = total((row.amount for row in receipts if row.currency == look.amount.currency), look.amount.currency)
    return "" if came == look.amount else f"{payment.gateway} received {look.amount}, our books say {came}"
