"""Planned money gives way: what a buyer means to pay some day keeps nobody from disputing, crediting or paying it now.

Only another payment by the buyer does not make it give way (`place_holds`): that would be paying twice.
"""

from collections.abc import Sequence

from eipp.kernel.money import Money
from eipp.ledger.hold import Hold
from eipp.ledger.invoice import Invoice
from eipp.ledger.posting.book import Book


def within_reach(invoice: Invoice) -> Money:
    """What can be disputed, credited or paid of an invoice: what is free, and what is merely planned."""
    return Money(invoice.open_minor - invoice.held_minor + invoice.planned_minor, invoice.currency)


def give_way(book: Book, pairs: Sequence[tuple[Invoice, Money]]) -> None:
    """Lower the planned holds of locked invoices until as much as is wanted of each is free; the latest plan first.

    The caller has checked that it is within reach, saves the invoices and writes the book. Whoever planned it is told
    by the workflow, which finds its hold lower than what it had planned.
    """
    lacking = {invoice.pk: amount.minor - invoice.free.minor for invoice, amount in pairs if invoice.planned_minor}
    lacking = {key: minor for key, minor in lacking.items() if minor > 0}
    if not lacking:
        return
    invoices = {invoice.pk: invoice for invoice, _ in pairs}
    book.take_up(invoices[key] for key in lacking)
    rows = Hold.objects.filter(invoice__in=lacking, kind=Hold.Kind.PLANNED, released_at__isnull=True)
    released, smaller = [], []
    for hold in rows.order_by("-placed_at", "-pk"):
        cut = min(hold.amount_minor, lacking[hold.invoice_id])
        if cut <= 0:
            continue
        lacking[hold.invoice_id] -= cut
        invoice = invoices[hold.invoice_id]
        invoice.planned_minor -= cut
        invoice.held_minor -= cut
        released.append(hold.pk)
        if left := hold.amount_minor - cut:
            smaller.append(
                Hold(
                    invoice=invoice, kind=Hold.Kind.PLANNED, amount_minor=left, currency=hold.currency,
                    reason_kind=hold.reason_kind, reason_id=hold.reason_id, placed_at=hold.placed_at,
                )
            )  # fmt: skip
    Hold.objects.filter(pk__in=released).update(released_at=book.now)
    Hold.objects.bulk_create(smaller)


def give_all_way(book: Book, invoice: Invoice) -> None:
    """Nothing of the invoice is planned any more: it is about to become another one, or none."""
    give_way(book, [(invoice, within_reach(invoice))])
