"""Breakdown: how the amounts of an invoice came about: every posting, what is held, and what is expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as words

from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.expectation import Expectation
from eipp.ledger.hold import Hold
from eipp.ledger.invoice import Invoice
from eipp.ledger.journal import LedgerAccount, Posting
from eipp.ledger.payable import Payable, of_invoice

#: What a posting did to the invoice, by its kind; one that used something says also what.
WORDS: dict[str, Any] = {
    "invoice": words("Invoiced"), "invoice_reversal": words("Taken back for a new version"),
    "application receipt": words("Paid"), "application credit_note": words("Credited"),
    "application_reversal receipt": words("Payment taken back"),
    "application_reversal credit_note": words("Credit taken back"),
    "write_off": words("Written off"), "write_off_reversal": words("Write-off taken back"),
    "discount": words("Early-payment discount"), "discount_reversal": words("Early-payment discount taken back"),
}  # fmt: skip
_HOLDS = {"disputed": words("In dispute"), "pending": words("On the way"), "planned": words("Planned")}
_EXPECTED = {"announced": words("Announced"), "promised": words("Promised")}


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting: what it added to the open amount (negative: took off it), and what was open after it."""

    id: UUID
    day: date
    kind: str
    amount: Money
    open: Money
    document: Any
    reference: str

    @property
    def what(self) -> str:
        if self.kind in WORDS:
            return str(WORDS[self.kind])
        used = {"cashreceipt": " receipt", "creditnote": " credit_note"}
        key = self.kind + used.get(self.document._meta.model_name if self.document else "", "")
        said = WORDS.get(key)
        return str(said) if said else self.kind.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Aside:
    """What is held of the invoice, or expected for it, and for which reason (`dispute`, `payment`, ..., id)."""

    kind: str
    amount: Money
    reason: tuple[str, UUID]
    since: date
    expected_on: date | None = None

    @property
    def what(self) -> str:
        if self.reason[0] == "discount":
            return _("Discount of a payment on the way")
        return str({**_HOLDS, **_EXPECTED}[self.kind])


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The movements sum to `payable.open`; less what is held that is `payable.payable`; less what is expected, as far
    as it is free, `payable.chased`."""

    invoice: Invoice
    movements: Sequence[Movement]
    held: Sequence[Aside]
    expected: Sequence[Aside]
    payable: Payable


def breakdown(actor: Actor, invoice: Invoice, *, on: date) -> Breakdown:
    """Of an invoice that the actor sees; three queries."""
    holds = Hold.objects.visible_to(actor).filter(invoice=invoice, released_at=None).order_by("placed_at", "pk")
    standing = Expectation.objects.visible_to(actor).filter(invoice=invoice, released_at=None)
    return Breakdown(
        invoice=invoice, movements=_movements(actor, invoice), payable=of_invoice(invoice, on=on),
        held=[Aside(row.kind, row.amount, (row.reason_kind, row.reason_id), row.placed_at.date()) for row in holds],
        expected=[
            Aside(row.kind, row.amount, (row.reason_kind, row.reason_id), row.placed_at.date(), row.expected_on)
            for row in standing.order_by("kind", "expected_on", "pk")
        ],
    )  # fmt: skip


def _movements(actor: Actor, invoice: Invoice) -> list[Movement]:
    """In the order in which they were posted. What paid it from another account the actor may see is named too."""
    receivable = LedgerAccount.RECEIVABLE
    rows = Posting.objects.visible_to(actor).filter(Q(source=receivable) | Q(target=receivable), invoice=invoice)
    found, left = [], Money.zero(invoice.currency)
    for row in rows.select_related("receipt", "credit_note").order_by("recorded_at", "id"):
        amount = row.amount if row.target == receivable else -row.amount
        left += amount
        document = row.receipt or row.credit_note
        reference = getattr(document, "number", "") or getattr(document, "reference", "")
        found.append(Movement(row.pk, row.posting_date, row.kind, amount, left, document, reference))
    return found
