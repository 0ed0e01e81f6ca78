"""Holds: setting a part of invoices aside for a dispute or a payment, and giving it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from eipp.kernel import clock
from eipp.kernel import rows as sets
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger import discount
from eipp.ledger.hold import Hold
from eipp.ledger.invoice import Invoice
from eipp.ledger.posting.applications import show
from eipp.ledger.posting.book import Book
from eipp.ledger.posting.locks import lock_invoices
from eipp.ledger.posting.planned import give_way
from eipp.ledger.posting.shares import merged, refuse_more_than_open, refuse_other_payee, type_of_shares

type_of_reason = tuple[str, UUID]

#: What a payment leaves open because its discount is earned once it arrives: held with it, under its id.
DISCOUNT = "discount"


def place_holds(
    actor: Actor, kind: str, *, reason: type_of_reason, shares: type_of_shares, now: datetime | None = None
) -> list[Hold]:
    """Hold a part of each invoice: kind `disputed`, `pending` or `planned`; reason: (`dispute`|`payment`, id).

    What was held for the same reason is replaced, so that a payment may go from planned to pending; what is planned
    for another reason gives way to a dispute. Raises Refusal (409, `more_than_open`) with the amounts when less is
    free. The event is the workflow's, whose row is the reason.
    """
    return place_all_holds(actor, kind, [(reason, shares)], now=now)


def place_all_holds(
    actor: Actor, kind: str, parts: Sequence[tuple[type_of_reason, type_of_shares]], *, now: datetime | None = None
) -> list[Hold]:
    """The same for many reasons together, all or none: a constant number of statements for any number."""
    given = [(reason, merged(shares)) for reason, shares in parts]
    reasons = [reason for reason, _ in given]
    rows = [*(invoice for _, shares in given for invoice, _ in shares), *(each.invoice for each in _standing(*reasons))]
    invoices, accounts = lock_invoices(rows)
    fresh = {invoice.pk: invoice for invoice in invoices}
    book = Book(accounts, now=now or clock.now())
    book.take_up(invoices)
    _release(_standing(*reasons), invoices, book.now)
    disputed = kind == Hold.Kind.DISPUTED
    holds: list[Hold] = []
    discounts: list[Hold] = []
    for reason, shares in given:
        pairs = [(fresh[invoice.pk], amount) for invoice, amount in shares]
        if not disputed:
            refuse_other_payee(pairs)
        refuse_more_than_open(pairs, over_planned=disputed)
        if disputed:
            give_way(book, pairs)
        discounts += _discounts(kind, reason, pairs, book)
        holds += [_hold(kind, reason, invoice, amount, book.now) for invoice, amount in pairs]
    sets.insert([*holds, *discounts])
    book.save(invoices)
    book.write()
    show(list(zip(rows, invoices, strict=True)))
    return holds


def release_holds(
    actor: Actor, reason: type_of_reason, *, invoices: Sequence[Invoice] = (), now: datetime | None = None
) -> list[Hold]:
    """Give back what is held for a reason, on all its invoices or only on these; nothing held changes nothing."""
    chosen = {invoice.pk for invoice in invoices}
    wanted = [hold for hold in _standing(reason) if not chosen or hold.invoice_id in chosen]
    if not wanted:
        return []
    locked, accounts = lock_invoices([hold.invoice for hold in wanted])
    book = Book(accounts, now=now or clock.now())
    book.take_up(locked)
    still = [hold for hold in _standing(reason) if hold.invoice_id in {row.pk for row in locked}]
    _release(still, locked, book.now)
    book.save(locked)
    book.write()
    fresh = {invoice.pk: invoice for invoice in locked}
    show([(invoice, fresh[invoice.pk]) for invoice in invoices if invoice.pk in fresh])
    return still


def shrink_hold(
    actor: Actor, reason: type_of_reason, *, invoice: Invoice, amount: Money, now: datetime | None = None
) -> Hold | None:
    """Lower what a reason holds of an invoice to `amount`; zero releases it. Raises Refusal (409, `hold_grows`)."""
    (fresh,), accounts = lock_invoices([invoice])
    standing = [hold for hold in _standing(reason) if hold.invoice_id == invoice.pk]
    held = [hold for hold in standing if hold.reason_kind == reason[0]]
    if not held or amount > held[0].amount:
        raise Refusal("hold_grows", f"A hold is only lowered: {amount} of invoice {invoice.number} is not held.")
    book = Book(accounts, now=now or clock.now())
    book.take_up([fresh])
    _release(standing, [fresh], book.now)
    smaller = _hold(held[0].kind, reason, fresh, amount, book.now) if amount else None
    if smaller:
        smaller.save(force_insert=True)
    book.save([fresh])
    book.write()
    show([(invoice, fresh)])
    return smaller


def _discounts(kind: str, reason: type_of_reason, pairs: Sequence[tuple[Invoice, Money]], book: Book) -> list[Hold]:
    """What the payer of these shares has earned when they arrive; nobody pays it meanwhile."""
    found = []
    for invoice, amount in pairs if reason[0] == "payment" and kind != Hold.Kind.DISPUTED else ():
        if invoice.discount_terms:
            on = clock.today(invoice.discount_terms["zone"], at=book.now)
            if waiting := discount.with_payment(invoice, amount, on=on):
                found.append((invoice, waiting))
    return [_hold(kind, (DISCOUNT, reason[1]), invoice, amount, book.now) for invoice, amount in found]


def _standing(*reasons: type_of_reason) -> list[Hold]:
    rows = Hold.objects.filter(reason_id__in=[key for _, key in reasons], released_at__isnull=True)
    rows = rows.filter(reason_kind__in={DISCOUNT, *(kind for kind, _ in reasons)})
    return list(rows.select_related("invoice").order_by("pk"))


def _release(holds: Sequence[Hold], invoices: Sequence[Invoice], now: datetime) -> None:
    by_id = {invoice.pk: invoice for invoice in invoices}
    holds = [hold for hold in holds if hold.invoice_id in by_id]
    for hold in holds:
        hold.released_at = now
        _change(by_id[hold.invoice_id], hold.kind, -hold.amount_minor)
    Hold.objects.filter(pk__in=[hold.pk for hold in holds]).update(released_at=now)


def _hold(kind: str, reason: type_of_reason, invoice: Invoice, amount: Money, now: datetime) -> Hold:
    _change(invoice, kind, amount.minor)
    return Hold(
        invoice=invoice, kind=Hold.Kind(kind), amount_minor=amount.minor, currency=amount.currency,
        reason_kind=reason[0], reason_id=reason[1], placed_at=now,
    )  # fmt: skip


def _change(invoice: Invoice, kind: str, difference: int) -> None:
    column = f"{kind}_minor"
    setattr(invoice, column, getattr(invoice, column) + difference)
    invoice.held_minor += difference
