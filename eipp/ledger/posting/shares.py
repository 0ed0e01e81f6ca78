"""Shares: which invoice gets how much; checked together, so that one refusal names every fault."""

from collections.abc import Iterable, Sequence

from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.invoice import Invoice

type_of_shares = Sequence[tuple[Invoice, Money]]


def merged(shares: type_of_shares) -> list[tuple[Invoice, Money]]:
    """One share per invoice, each positive and in the invoice's currency. Raises Refusal (422)."""
    sums: dict[object, tuple[Invoice, Money]] = {}
    for invoice, amount in shares:
        if amount.currency != invoice.currency:
            raise Refusal(
                "wrong_currency",
                f"Invoice {invoice.number} is in {invoice.currency}, not in {amount.currency}.",
                status=422,
                field="currency",
            )
        if amount.minor <= 0:
            raise Refusal(
                "amount_not_positive",
                f"The amount for invoice {invoice.number} must be more than zero, not {amount}.",
                status=422,
                field="amount",
            )
        known = sums.get(invoice.pk)
        sums[invoice.pk] = (invoice, known[1] + amount if known else amount)
    return list(sums.values())


def refuse_other_payee(shares: Iterable[tuple[Invoice, Money]]) -> None:
    """Raise Refusal (409, `other_payee`) for an invoice that somebody else than the supplier is to be paid for."""
    for invoice, _ in shares:
        if invoice.payee_name:
            sentence = (
                f"Invoice {invoice.number} is owed to {invoice.payee_name}: pay it by a transfer to the account that "
                "the invoice's page shows."
            )
            raise Refusal("other_payee", sentence)


def refuse_more_than_open(shares: Iterable[tuple[Invoice, Money]], *, over_planned: bool = False) -> None:
    """Raise Refusal (409, `more_than_open`) naming each invoice of which more is asked than is free.

    over_planned: what is merely planned counts as free, since it gives way (`planned.give_way`).
    """
    errors = [
        {"field": invoice.number, "code": "more_than_open", "message": _sentence(invoice, amount)}
        for invoice, amount in shares
        if amount.minor > invoice.free.minor + (invoice.planned_minor if over_planned else 0)
    ]
    if errors:
        raise Refusal("more_than_open", " ".join(error["message"] for error in errors), status=409, errors=errors)


def _sentence(invoice: Invoice, asked: Money) -> str:
    if not invoice.open_minor:
        return f"Invoice {invoice.number} is closed: nothing of it is open, so {asked} is too much."
    parts = [
        f"{amount} {words}"
        for amount, words in (
            (invoice.disputed, "in dispute"),
            (invoice.pending, "on the way"),
            (invoice.planned, "planned"),
        )
        if amount
    ]
    held = f", of which {' and '.join(parts)}" if parts else ""
    return f"Of invoice {invoice.number}, {invoice.open} is open{held}: at most {invoice.free} is free, not {asked}."
