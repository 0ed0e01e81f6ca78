"""Posting finance charges: each is a document of its own, any number in a constant number of statements."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel import clock, events, numbering, rows
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.ledger.draft import InvoiceDraft, LineDraft, TaxDraft
from eipp.ledger.finance_charge import FinanceCharge, why
from eipp.ledger.finance_charge_reckoning import Reckoned
from eipp.ledger.invoice import Invoice
from eipp.ledger.letterhead import language_of
from eipp.ledger.posting.invoices import post_invoices
from eipp.ledger.posting.locks import lock_accounts

TYPE_CODE = "84"  # UNTDID 1001: debit note related to financial adjustments


def post_finance_charges(actor: Actor, reckoned: Sequence[Reckoned], *, now: datetime) -> list[FinanceCharge]:
    """Post what was reckoned of one supplier's invoices, under numbers of our own range.

    Of two that post the same charge the database refuses the later (`finance_charge_once`). Event, about each
    document: `finance_charge.posted`.
    """
    if not reckoned:
        return []
    accounts = lock_accounts({each.invoice.account_id for each in reckoned})
    supplier = accounts[reckoned[0].invoice.account_id].supplier
    issued = clock.today(supplier.time_zone, at=now)
    numbers = _numbers(reckoned, issued.year)
    payees = LegalEntity.objects.in_bulk({each.invoice.legal_entity_id for each in reckoned})
    with language_of(supplier):
        drafts = [
            _draft(each, number, accounts[each.invoice.account_id], payees[each.invoice.legal_entity_id], issued)
            for each, number in zip(reckoned, numbers, strict=True)
        ]
    documents = post_invoices(actor, drafts, now=now)
    charges = [_charge(each, document, now) for each, document in zip(reckoned, documents, strict=True)]
    rows.insert(charges)
    events.record_all([_told(charge) for charge in charges], actor, now=now)
    return charges


def _numbers(reckoned: Sequence[Reckoned], year: int) -> list[str]:
    """`FC-<year>-<five digits>`, gapless per legal entity and year."""
    by_entity: dict[UUID, int] = {}
    for each in reckoned:
        by_entity[each.invoice.legal_entity_id] = by_entity.get(each.invoice.legal_entity_id, 0) + 1
    taken = {
        entity: iter(numbering.take(f"finance_charge:{entity}:{year}", count=by_entity[entity]))
        for entity in sorted(by_entity)
    }
    return [f"FC-{year}-{next(taken[each.invoice.legal_entity_id]):05}" for each in reckoned]


def _draft(each: Reckoned, number: str, account: CustomerAccount, payee: LegalEntity, issued: date) -> InvoiceDraft:
    """The document: one line that says why. A late fee compensates; no supply is taxed by it (category O, UNCL 5305).

    Parties, references and ways to pay are those of the invoice.
    """
    invoice = each.invoice
    amount, nothing = Money(each.amount, invoice.currency), Money.zero(invoice.currency)
    base = Money(each.base, invoice.currency)
    line = LineDraft(
        line_number="1", item_name=_("Late fee on invoice %(number)s") % {"number": invoice.number},
        description=why(each.rule, invoice, begins=each.begins_on, ends=each.ends_on, base=base), quantity=Decimal(1),
        unit="C62", unit_price=amount.amount, net=amount, tax_category="O",
    )  # fmt: skip
    tax = TaxDraft(category="O", taxable=amount, tax=nothing, exemption_reason=_("Not subject to tax"))
    return InvoiceDraft(
        kind=Invoice.Kind.FINANCE_CHARGE, type_code=TYPE_CODE, account=account, number=number,
        legal_entity=payee, issue_date=issued, due_date=issued + timedelta(days=each.rule.due_days),
        currency=invoice.currency, lines=[line], taxes=[tax], line_total=amount, tax_exclusive=amount, tax=nothing,
        tax_inclusive=amount, payable=amount, order_reference=invoice.order_reference,
        buyer_reference=invoice.buyer_reference, payment_reference=number, seller=invoice.seller,
        buyer_party=invoice.buyer_party, payment_means=invoice.payment_means,
        references={"preceding_invoices": [{"number": invoice.number, "date": invoice.issue_date.isoformat()}]},
    )  # fmt: skip


def _charge(each: Reckoned, document: Invoice, now: datetime) -> FinanceCharge:
    return FinanceCharge(
        document=document, invoice=each.invoice, rule=each.rule, supplier_id=document.supplier_id,
        charged_for=each.charged_for, cause=each.cause, begins_on=each.begins_on, ends_on=each.ends_on,
        currency=document.currency, base_minor=each.base, amount_minor=each.amount, charged_at=now,
    )  # fmt: skip


def _told(charge: FinanceCharge) -> events.Draft:
    document, invoice = charge.document, charge.invoice
    data = {
        "number": document.number, "amount": charge.amount.text, "currency": charge.currency,
        "invoice": invoice.number, "charged_for": charge.charged_for.isoformat(),
    }  # fmt: skip
    return events.Draft("finance_charge.posted", document, concerns=[invoice], data=data, occurred_at=charge.charged_at)
