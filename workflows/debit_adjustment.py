"""Debit adjustment: AR raises what a customer owes, by a document of its own: a debit note (383 of UNTDID 1001).

It comes in as every invoice does, so that it is presented, approved, disputed, mailed, paid and stated like one.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction as database

from documents.einvoice.document import Document
from documents.einvoice.parts import (
    Address,
    Figure,
    Identifier,
    Line,
    Note,
    Party,
    Reference,
    TaxCategory,
    TaxSubtotal,
    TaxTotal,
)
from eipp.accounts.models import CustomerAccount
from eipp.accounts.roles import require
from eipp.kernel import clock, numbering
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from workflows.arrival import Arrival
from workflows.receiving import receive

RIGHT = "invoice.post"
DEBIT_NOTE = "383"
HIGHEST = Decimal(100)


@database.atomic
def adjust(
    actor: Actor,
    matter: Invoice | CustomerAccount,
    net: Money,
    *,
    tax_rate: Decimal = Decimal(0),
    reason: str,
    now: datetime | None = None,
) -> Invoice:
    """Post a debit note over a net amount and its tax, for an invoice or for the account alone; due by its terms.

    Events: those of an invoice that arrives. Refusals: `reason_missing`, `amount_not_positive`, `wrong_currency`,
    `invalid_rate` (422).
    """
    require(actor, RIGHT)
    account, moment = matter.account if isinstance(matter, Invoice) else matter, now or clock.now()
    _check(net, matter.currency, tax_rate, reason)
    issued = clock.today(account.supplier.time_zone, at=moment)
    entity = matter.legal_entity
    (number,) = numbering.take(f"debit_note:{entity.pk}:{issued.year}")
    said = (f"DN-{issued.year}-{number:05}", net, tax_rate, reason.strip(), issued.isoformat())
    document = _document(matter, account, *said)
    arrival = Arrival(document, "desk", True, external_id=f"debit-note-{entity.code}-{document.number}",
                      account_number=account.number)  # fmt: skip
    posted = receive(actor, arrival, now=moment).presentment
    if posted.invoice is None:
        raise Refusal("not_posted", f"{document.number} could not be posted: {posted.faults[0]['message']}")
    return posted.invoice


def _check(net: Money, currency: str, tax_rate: Decimal, reason: str) -> None:
    if not reason.strip():
        raise Refusal("reason_missing", "Say what it is for: the customer reads it.", status=422, field="reason")
    if net.currency != currency:
        raise Refusal("wrong_currency", f"It is kept in {currency}, not in {net.currency}.", status=422, field="amount")
    if net.minor <= 0:
        raise Refusal("amount_not_positive", "A debit note asks for more than zero: credit what is too much.",
                      status=422, field="amount")  # fmt: skip
    if not 0 <= tax_rate <= HIGHEST:
        raise Refusal("invalid_rate", "A tax rate is a percentage between 0 and 100.", status=422, field="tax_rate")


def _document(
    matter: Invoice | CustomerAccount,
    account: CustomerAccount,
    number: str,
    net: Money,
    rate: Decimal,
    reason: str,
    issued: str,
) -> Document:
    tax = net.share(rate, HIGHEST)
    category = TaxCategory(code="S" if rate else "Z", rate=Figure(f"{rate.normalize():f}"), scheme="VAT")
    entity, corrects = matter.legal_entity, matter.number if isinstance(matter, Invoice) else None
    return Document(
        number=number, type_code=DEBIT_NOTE, issue_date=issued, currency=net.currency,
        notes=(Note(text=reason),), preceding_invoices=(Reference(number=corrects),) if corrects else (),
        order_reference=(matter.order_reference or None) if isinstance(matter, Invoice) else None,
        seller=Party(name=entity.name, vat_id=entity.vat_id or None, legal_id=entity.legal_id or None,
                     endpoint=entity.endpoint or None, endpoint_scheme=entity.endpoint_scheme or None,
                     address=Address(**entity.address)),
        buyer=Party(name=account.name, identifiers=(Identifier(account.number),), address=Address(**account.address)),
        lines=(Line(id="1", name=reason[:200], quantity=Figure("1"), unit="C62", net=_figure(net), price=_figure(net),
                    tax=category),),
        line_total=_figure(net), total_without_tax=_figure(net), total_with_tax=_figure(net + tax),
        payable=_figure(net + tax),
        tax_totals=(TaxTotal(amount=_figure(tax), currency=net.currency,
                             breakdown=(TaxSubtotal(taxable=_figure(net), tax=_figure(tax), category=category),)),),
    )  # fmt: skip


def _figure(amount: Money) -> Figure:
    return Figure(amount.text)
