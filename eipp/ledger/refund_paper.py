"""The paper for money that went back: to whom, why, and what it was taken from."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from documents import pdf as typeset
from documents.paper import Column, Paper, Row, Section, Sum
from documents.written import amount_text, day_text
from eipp.kernel.money import Money, total
from eipp.ledger.cash_receipt import CashReceipt
from eipp.ledger.credit_note import CreditNote
from eipp.ledger.invoice import Invoice
from eipp.ledger.letterhead import language_of, letterhead, sides

type_of_part = tuple[CashReceipt, Invoice | None, CreditNote | None, Money]


def pdf(parts: Sequence[type_of_part], *, number: str, payment: str, reason: str, method: str, sent_on: date) -> bytes:
    """The refund as PDF/A. number: the refund's; payment: number of what it is of; method: how it went, in words."""
    first = parts[0][0]
    with language_of(first.supplier):
        facts = [(_("Sent back"), day_text(sent_on)), (_("How"), method), (_("Payment"), payment), (_("Why"), reason)]
        paper = Paper(
            kind=_("Refund"), number=number, issuer=first.legal_entity.name, date=sent_on,
            parties=sides(first.legal_entity, first.account), facts=[fact for fact in facts if fact[1]],
            sections=[_section(parts, first.currency)], notes=[], **letterhead(first.supplier, first.legal_entity),
        )  # fmt: skip
        return typeset.of(paper)


def _section(parts: Sequence[type_of_part], currency: str) -> Section:
    rows, running = [], Money.zero(currency)
    for receipt, invoice, note, amount in parts:
        running += amount
        document = invoice.number if invoice else receipt.reference
        rows.append(Row((document, _words(invoice, note), amount_text(amount)), running=amount_text(running)))
    columns = (
        Column(_("Taken from"), wide=True), Column(_("What it means")),
        Column(_("Amount %(currency)s") % {"currency": currency}, end=True),
    )  # fmt: skip
    whole = total((amount for *_rest, amount in parts), currency)
    sums = [Sum(_("Sent back %(currency)s") % {"currency": currency}, amount_text(whole), True)]
    return Section(columns, rows, sums=sums, carried=_("Carried over"), brought=_("Brought forward"))


def _words(invoice: Invoice | None, note: CreditNote | None) -> str:
    if invoice is None:
        return _("Money on the account")
    return _("Paid by credit note %(number)s") % {"number": note.number} if note else _("Open again")
