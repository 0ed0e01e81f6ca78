"""Discounts that both sides agreed for invoices already posted: they become terms, earned like any others."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from eipp.kernel import rows
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger import discount
from eipp.ledger.agreed_discount import Scale, fact_of
from eipp.ledger.invoice import Invoice
from eipp.ledger.posting.discounts import Terms
from eipp.ledger.posting.locks import lock_invoices

COLUMNS = ("discount_terms", "discount_best_minor", "discount_ends_on")


def agree_discounts(
    actor: Actor, shares: Sequence[tuple[Invoice, Money]], scale: Scale, *, reason: UUID, since: date
) -> None:
    """Let so much of these invoices be paid early at this scale from a day on; what was agreed before is over.

    The right, the amounts and that nothing of it is disputed are the caller's to see to; its event tells of it.
    """
    locked, accounts = lock_invoices([invoice for invoice, _ in shares])
    terms = Terms()
    for fresh, (invoice, amount) in zip(locked, shares, strict=True):
        standing = fresh.discount_terms or terms.fact((), accounts[fresh.account_id])
        agreed = fact_of(fresh, amount, scale, reason=reason, since=since)
        fresh.discount_terms = {**standing, "agreed": agreed}
        fresh.discount_best_minor = discount.best(fresh).minor
        fresh.discount_ends_on = discount.ends_on(fresh)
        for column in COLUMNS:
            setattr(invoice, column, getattr(fresh, column))
    rows.update(locked, list(COLUMNS))
