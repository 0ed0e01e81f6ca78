"""The receipt for money that came: from whom, how, when, and for which invoices it was used."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from documents import pdf as typeset
from documents.paper import Column, Paper, Row, Section, Sum
from documents.written import amount_text, day_text
from eipp.kernel.money import Money, total
from eipp.ledger.application import Application
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.letterhead import language_of, letterhead, sides


def pdf(receipts: Sequence[CashReceipt], *, number: str, method: str, received_on: date) -> bytes:
    """One receipt over these cash receipts, all of one payee in one currency: what of them was used, and the rest.

    number: the payment's; method: how it was paid, in words.
    """
    first = receipts[0]
    with language_of(first.supplier):
        amount = total((receipt.amount for receipt in receipts), first.currency)
        surcharge = total((receipt.surcharge for receipt in receipts), first.currency)
        used = _used(receipts)
        facts = [(_("Received"), day_text(received_on)), (_("How"), method), (_("Payment"), number)]
        paper = Paper(
            kind=_("Receipt"), number=number, issuer=first.legal_entity.name, date=received_on,
            parties=sides(first.legal_entity, first.account), facts=[fact for fact in facts if fact[1]],
            sections=[_section(used, amount, surcharge)], notes=[_("Received with thanks.")],
            **letterhead(first.supplier, first.legal_entity),
        )  # fmt: skip
        return typeset.of(paper)


def _used(receipts: Sequence[CashReceipt]) -> list[Application]:
    """What the money pays at present, without what was undone."""
    rows = Application.objects.filter(receipt__in=receipts, reverses__isnull=True, reversed_by__isnull=True)
    return list(rows.select_related("invoice").order_by("invoice__due_date", "invoice__number", "pk"))


def _section(used: Sequence[Application], amount: Money, surcharge: Money) -> Section:
    running, rows = Money.zero(amount.currency), []
    for row in used:
        running += row.amount
        invoice = row.invoice
        cells = (invoice.number, day_text(invoice.issue_date), amount_text(invoice.payable), amount_text(row.amount))
        rows.append(Row(cells, running=amount_text(running)))
    columns = (
        Column(_("Invoice"), wide=True), Column(_("Issued")), Column(_("Amount"), end=True),
        Column(_("Paid %(currency)s") % {"currency": amount.currency}, end=True),
    )  # fmt: skip
    rest = amount - running
    sums = [Sum(_("Kept on the account"), amount_text(rest))] if rest else []
    if surcharge:
        sums.append(Sum(_("For paying this way"), amount_text(surcharge)))
    whole = amount_text(amount + surcharge)
    sums.append(Sum(_("Received %(currency)s") % {"currency": amount.currency}, whole, True))
    words = {"carried": _("Carried over"), "brought": _("Brought forward")}
    return Section(columns, rows, sums=sums, **words)
