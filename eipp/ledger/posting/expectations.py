"""Expectations: noting that a part of invoices is promised or announced, and that it is no more."""

from collections.abc import Sequence
from datetime import date, datetime

from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.ledger.expectation import Expectation
from eipp.ledger.invoice import Invoice
from eipp.ledger.posting.applications import show
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.holds import type_of_reason
from eipp.ledger.posting.locks import lock_invoices
from eipp.ledger.posting.shares import merged, type_of_shares


def expect(
    actor: Actor,
    kind: str,
    *,
    reason: type_of_reason,
    shares: type_of_shares,
    expected_on: date,
    now: datetime | None = None,
) -> list[Expectation]:
    """Stop chasing a part of each invoice: kind `promised` or `announced`; reason: such as (`promise`, id).

    What was expected for the same reason is replaced. More than is free is noted, and counts as far as it is free:
    nothing is held back, whoever pays otherwise may. The event is the workflow's, whose row is the reason.
    Raises Refusal (422) for amounts that are not positive or in another currency.
    """
    given = merged(shares)
    rows = [*(invoice for invoice, _ in given), *(row.invoice for row in _standing(reason))]
    invoices, accounts = lock_invoices(rows)
    book = Book(accounts, now=now or clock.now())
    book.take_up(invoices)
    _release(_standing(reason), invoices, book.now)
    made = [
        _expectation(kind, reason, invoice, amount.minor, expected_on, book.now)
        for invoice, (_, amount) in zip(invoices, given, strict=False)
    ]
    Expectation.objects.bulk_create(made)
    book.save(invoices)
    book.write()
    show(list(zip(rows, invoices, strict=True)))
    return made


def release_expectations(
    actor: Actor, reason: type_of_reason, *, invoices: Sequence[Invoice] = (), now: datetime | None = None
) -> list[Expectation]:
    """Chase again what a reason had announced or promised, on all its invoices or only on these."""
    chosen = {invoice.pk for invoice in invoices}
    wanted = [row for row in _standing(reason) if not chosen or row.invoice_id in chosen]
    if not wanted:
        return []
    locked, accounts = lock_invoices([row.invoice for row in wanted])
    book = Book(accounts, now=now or clock.now())
    book.take_up(locked)
    still = _release(_standing(reason), locked, book.now)
    book.save(locked)
    book.write()
    fresh = {invoice.pk: invoice for invoice in locked}
    show([(invoice, fresh[invoice.pk]) for invoice in invoices if invoice.pk in fresh])
    return still


def _standing(reason: type_of_reason) -> list[Expectation]:
    rows = Expectation.objects.filter(reason_kind=reason[0], reason_id=reason[1], released_at__isnull=True)
    return list(rows.select_related("invoice").order_by("pk"))


def _release(rows: Sequence[Expectation], invoices: Sequence[Invoice], now: datetime) -> list[Expectation]:
    by_id = {invoice.pk: invoice for invoice in invoices}
    rows = [row for row in rows if row.invoice_id in by_id]
    for row in rows:
        row.released_at = now
        _change(by_id[row.invoice_id], row.kind, -row.amount_minor)
    Expectation.objects.filter(pk__in=[row.pk for row in rows]).update(released_at=now)
    return rows


def _expectation(
    kind: str, reason: type_of_reason, invoice: Invoice, minor: int, expected_on: date, now: datetime
) -> Expectation:
    _change(invoice, kind, minor)
    return Expectation(
        invoice=invoice, kind=Expectation.Kind(kind), amount_minor=minor, currency=invoice.currency,
        reason_kind=reason[0], reason_id=reason[1], expected_on=expected_on, placed_at=now,
    )  # fmt: skip


def _change(invoice: Invoice, kind: str, difference: int) -> None:
    column = f"{kind}_minor"
    setattr(invoice, column, getattr(invoice, column) + difference)
