"""Credit: what giving back some units or an amount is worth, to the cent, as the draft of a credit note.

Shares are computed on what is credited in all so far, so that the last part takes exactly the rest.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from eipp.accounts.models import CustomerAccount
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.credit_note import CreditNote, CreditNoteTax
from eipp.ledger.draft import AllowanceChargeDraft, CreditNoteDraft, LineDraft, TaxDraft
from eipp.ledger.invoice import Invoice, InvoiceLine
from eipp.ledger.worth import Worth, credited, groups, half_up, shared_out, type_of_group, worths

type_of_claim = tuple[InvoiceLine, Decimal | Money]


def with_credit_given(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """The invoices, each with what `left_to_credit` asks of it, so that it need not ask again."""
    notes = CreditNote.objects.filter(corrects=OuterRef("pk")).order_by().values("corrects")
    given = Subquery(notes.annotate(sum=Sum("payable_minor")).values("sum"), output_field=BigIntegerField())
    return invoices.annotate(credit_given_minor=Coalesce(given, 0))


def left_to_credit(invoice: Invoice) -> Money:
    """The invoice's total, prepaid included, less all credit notes for it."""
    given = getattr(invoice, "credit_given_minor", None)
    if given is None:
        given = CreditNote.objects.filter(corrects=invoice).aggregate(sum=Sum("payable_minor"))["sum"] or 0
    return Money(invoice.payable_minor + invoice.prepaid_minor - int(given), invoice.currency)


def worth_of(invoice: Invoice, claims: Sequence[type_of_claim]) -> Money:
    """What these units or net amounts of lines are worth with tax: what disputing them holds."""
    return credit_lines(invoice, claims, issue_date=invoice.issue_date).payable


def credit_lines(
    invoice: Invoice, claims: Sequence[type_of_claim], *, issue_date: date, reason: str = "", **more: Any
) -> CreditNoteDraft:
    """Credit lines: each by a quantity in units (Decimal) or by a net amount (Money), with its share of the document's
    allowances, charges and tax. `more`: further facts of the draft, such as dispute_id, number, external_id.

    Raises Refusal (422): `more_than_line`, `amount_not_positive`, `more_than_invoice`.
    """
    lines = list(invoice.lines.all())
    whole, before, group = worths(invoice, lines), credited(invoice), groups(invoice, lines)
    parts = []
    for line, claim in claims:
        part = _part(line, whole[line.pk], before[line.pk], claim)
        before[line.pk] = _sum(before[line.pk], part)
        parts.append((line, part))
    complete = all(before[line.pk].net == line.net_minor for line in lines)
    by_group: dict[type_of_group, Worth] = defaultdict(Worth)
    for line, part in parts:
        by_group[group[line.pk]] = _sum(by_group[group[line.pk]], part)
    drafts = [_line(invoice, position, line, part) for position, (line, part) in enumerate(parts, 1)]
    rounding = invoice.rounding_minor if complete else 0
    return _draft(invoice, drafts, by_group, rounding=rounding, issue_date=issue_date, reason=reason, **more)


def credit_amount(
    invoice: Invoice, amount: Money, *, issue_date: date, reason: str = "", **more: Any
) -> CreditNoteDraft:
    """Credit an amount, tax included, spread over the invoice's tax categories; for what points at no line.

    Raises Refusal (422): `amount_not_positive`, `more_than_invoice`.
    """
    rest = left_to_credit(invoice)
    taxes = _tax_groups(invoice)
    if amount == rest:
        by_group = _rest(invoice, taxes)
    else:
        parts = shared_out(amount.minor, [worth.gross for worth in taxes.values()])
        by_group = {key: _of_gross(taxes[key], part) for key, part in zip(taxes, parts, strict=True)}
    rounding = amount.minor - sum(worth.gross for worth in by_group.values())
    drafts = [
        LineDraft(
            line_number=str(position), item_name=reason or f"Credit for invoice {invoice.number}", quantity=Decimal(1),
            unit="C62", unit_price=Money(worth.net, invoice.currency).amount, net=Money(worth.net, invoice.currency),
            tax_category=category, tax_rate=rate,
        )
        for position, ((category, rate), worth) in enumerate(by_group.items(), 1)
    ]  # fmt: skip
    return _draft(invoice, drafts, by_group, rounding=rounding, issue_date=issue_date, reason=reason, **more)


def credit_account(
    account: CustomerAccount, amount: Money, *, issue_date: date, reason: str = "", **more: Any
) -> CreditNoteDraft:
    """Credit a customer account for what is about no invoice (a rebate, a programme): an amount without tax, since no
    taxed supply is corrected by it (category O of UNCL 5305); whoever wants the tax corrected credits the invoice."""
    if amount.minor <= 0:
        raise Refusal("amount_not_positive", f"A credit note gives back more than zero, not {amount}.", status=422)
    nothing = Money.zero(amount.currency)
    line = LineDraft(
        line_number="1", item_name=reason or "Credit on account", quantity=Decimal(1), unit="C62",
        unit_price=amount.amount, net=amount, tax_category="O",
    )  # fmt: skip
    return CreditNoteDraft(
        account=account, legal_entity=account.legal_entity, currency=amount.currency, issue_date=issue_date,
        reason=reason, **{"number": "", **more}, lines=[line], line_total=amount, tax_exclusive=amount, tax=nothing,
        tax_inclusive=amount, payable=amount,
        taxes=[TaxDraft(category="O", taxable=amount, tax=nothing, exemption_reason="Not subject to tax")],
    )  # fmt: skip


def credit_rest(invoice: Invoice, *, issue_date: date, reason: str = "", **more: Any) -> CreditNoteDraft:
    """Credit all that is not credited yet: line by line where earlier credits were too."""
    facts = {"issue_date": issue_date, "reason": reason, **more}
    lines, before = list(invoice.lines.all()), credited(invoice)
    rest = left_to_credit(invoice)
    by_lines = sum(worth.gross for worth in before.values())
    if not lines or by_lines != invoice.payable_minor + invoice.prepaid_minor - rest.minor:
        return credit_amount(invoice, rest, **facts)
    claims: list[type_of_claim] = [
        (line, Money(line.net_minor - before[line.pk].net, invoice.currency)) for line in lines
    ]
    return credit_lines(invoice, [claim for claim in claims if claim[1]], **facts)


def _part(line: InvoiceLine, whole: Worth, before: Worth, claim: Decimal | Money) -> Worth:
    left = whole.net - before.net
    if isinstance(claim, Money):
        units, net = Decimal(0), claim.minor
        if abs(net) > abs(left) or (net > 0) != (left > 0) or claim.currency != line.currency:
            _refuse_line(line, f"{Money(left, line.currency)} net is left to credit, not {claim}")
        units = whole.quantity - before.quantity if net == left else units
    else:
        units, rest = claim, abs(whole.quantity) - before.quantity
        if not 0 < units <= rest:
            _refuse_line(line, f"{rest.normalize():f} units are left to credit, not {units.normalize():f}")
        share = half_up(Fraction(units) * whole.net / abs(Fraction(whole.quantity)))
        net = left if units == rest or abs(share) > abs(left) else share
    so_far = Fraction(before.net + net, whole.net) if whole.net else Fraction(1)
    return Worth(
        net=net,
        allowance=half_up(whole.allowance * so_far) - before.allowance,
        charge=half_up(whole.charge * so_far) - before.charge,
        tax=half_up(whole.tax * so_far) - before.tax,
        quantity=units,
    )


def _refuse_line(line: InvoiceLine, sentence: str) -> None:
    raise Refusal(
        "more_than_line", f"Line {line.line_number}: {sentence}.", status=422, field=f"lines.{line.line_number}"
    )


def _sum(one: Worth, other: Worth) -> Worth:
    return Worth(
        one.net + other.net,
        one.allowance + other.allowance,
        one.charge + other.charge,
        one.tax + other.tax,
        one.quantity + other.quantity,
    )


def _tax_groups(invoice: Invoice) -> dict[type_of_group, Worth]:
    taxes = {(row.category, row.rate): Worth(net=row.taxable_minor, tax=row.tax_minor) for row in invoice.taxes.all()}
    return taxes or {("", None): Worth(net=invoice.tax_exclusive_minor, tax=invoice.tax_minor)}


def _rest(invoice: Invoice, taxes: Mapping[type_of_group, Worth]) -> dict[type_of_group, Worth]:
    rest = dict(taxes)
    for row in CreditNoteTax.objects.filter(credit_note__corrects=invoice):
        worth = rest.get((row.category, row.rate), Worth())
        rest[row.category, row.rate] = Worth(net=worth.net - row.taxable_minor, tax=worth.tax - row.tax_minor)
    return {key: worth for key, worth in rest.items() if worth.net or worth.tax}


def _of_gross(whole: Worth, part: int) -> Worth:
    tax = half_up(Fraction(whole.tax * part, whole.gross)) if whole.gross else 0
    return Worth(net=part - tax, tax=tax)


def _line(invoice: Invoice, position: int, line: InvoiceLine, part: Worth) -> LineDraft:
    def money(minor: int) -> Money:
        return Money(minor, invoice.currency)

    by_units = part.quantity and half_up(Fraction(part.quantity) * line.net_minor / abs(Fraction(line.quantity)))
    in_units = bool(by_units) and by_units == part.net
    return LineDraft(
        line_number=str(position), item_name=line.item_name, description=line.description,
        seller_item_id=line.seller_item_id, buyer_item_id=line.buyer_item_id, standard_item_id=line.standard_item_id,
        quantity=part.quantity if in_units else Decimal(1), unit=line.unit if in_units else "C62",
        unit_price=line.unit_price if in_units else money(part.net).amount,
        base_quantity=line.base_quantity if in_units else None, net=money(part.net), tax_category=line.tax_category,
        tax_rate=line.tax_rate, order_line_reference=line.order_line_reference, facts={"units": f"{part.quantity:f}"},
        invoice_line=line, document_allowance=money(part.allowance), document_charge=money(part.charge),
        document_tax=money(part.tax),
    )  # fmt: skip


def _draft(
    invoice: Invoice,
    lines: list[LineDraft],
    by_group: Mapping[type_of_group, Worth],
    *,
    rounding: int,
    **more: Any,
) -> CreditNoteDraft:
    def money(minor: int) -> Money:
        return Money(minor, invoice.currency)

    all_groups = Worth()
    for worth in by_group.values():
        all_groups = _sum(all_groups, worth)
    payable, rest = money(all_groups.gross + rounding), left_to_credit(invoice)
    if payable.minor <= 0:
        raise Refusal("amount_not_positive", f"A credit note gives back more than zero, not {payable}.", status=422)
    if payable > rest:
        raise Refusal("more_than_invoice", f"Of invoice {invoice.number}, {rest} is left to credit.", status=422)
    return CreditNoteDraft(
        account=invoice.account, legal_entity=invoice.legal_entity, currency=invoice.currency, corrects=invoice,
        **{"number": "", **more}, lines=lines, taxes=_taxes(by_group, money),
        allowances_charges=_allowances_charges(by_group, money), line_total=money(all_groups.net),
        allowance_total=money(all_groups.allowance), charge_total=money(all_groups.charge),
        tax_exclusive=money(all_groups.taxable), tax=money(all_groups.tax), tax_inclusive=money(all_groups.gross),
        rounding=money(rounding), payable=payable, order_reference=invoice.order_reference,
        buyer_reference=invoice.buyer_reference, seller=invoice.seller, buyer_party=invoice.buyer_party,
        references={"preceding_invoices": [{"number": invoice.number, "date": invoice.issue_date.isoformat()}]},
    )  # fmt: skip


def _taxes(by_group: Mapping[type_of_group, Worth], money: Any) -> list[TaxDraft]:
    return [
        TaxDraft(category=category, rate=rate, taxable=money(worth.taxable), tax=money(worth.tax))
        for (category, rate), worth in by_group.items()
    ]


def _allowances_charges(by_group: Mapping[type_of_group, Worth], money: Any) -> list[AllowanceChargeDraft]:
    return [
        AllowanceChargeDraft(
            is_charge=is_charge, amount=money(minor), reason="Share of the invoice's allowances and charges",
            tax_category=category, tax_rate=rate,
        )
        for (category, rate), worth in by_group.items()
        for is_charge, minor in ((False, worth.allowance), (True, worth.charge))
        if minor
    ]  # fmt: skip
