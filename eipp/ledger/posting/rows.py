"""Rows of a document from its draft: head, lines, allowances, charges, taxes."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import models

from eipp.accounts.models import CustomerAccount
from eipp.kernel import rows
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from eipp.ledger.document import fold
from eipp.ledger.draft import AllowanceChargeDraft, DocumentDraft, LineDraft, TaxDraft

_TEXTS = (
    "number", "external_id", "type_code", "issue_date", "currency", "order_reference", "buyer_reference", "note",
    "payment_terms", "payment_reference", "seller", "buyer_party", "delivery", "payment_means", "references", "facts",
    "content_hash", "warnings", "original_id",
)  # fmt: skip
_AMOUNTS = (
    "line_total", "allowance_total", "charge_total", "tax_exclusive", "tax", "tax_inclusive", "prepaid", "rounding",
    "payable",
)  # fmt: skip
_LINE_TEXTS = (
    "line_number", "item_name", "description", "seller_item_id", "buyer_item_id", "standard_item_id", "quantity",
    "unit", "unit_price", "base_quantity", "tax_category", "tax_rate", "order_line_reference", "note", "facts",
)  # fmt: skip

#: The columns of a head that a draft decides; a revision writes them again.
HEAD = (*_TEXTS, *(f"{name}_minor" for name in _AMOUNTS), "number_folded", "search_text", "fiscal_year")


def head_values(draft: DocumentDraft, account: CustomerAccount) -> dict[str, Any]:
    """The values of the HEAD columns."""
    found = (draft.number, draft.order_reference, draft.buyer_reference, draft.payment_reference, draft.external_id)
    return {
        **{name: getattr(draft, name) for name in _TEXTS},
        **{f"{name}_minor": _minor(draft, getattr(draft, name)) for name in _AMOUNTS},
        "number_folded": fold(draft.number),
        "search_text": fold(" ".join([*filter(None, found), account.number, account.name])),
        "fiscal_year": draft.issue_date.year,
    }


def head(model: type[Any], draft: DocumentDraft, account: CustomerAccount, *, now: datetime, **more: Any) -> Any:
    """An unsaved invoice or credit note of an account."""
    values = head_values(draft, account)
    row = model(
        supplier_id=account.supplier_id, buyer_id=account.buyer_id, account=account,
        legal_entity_id=draft.legal_entity.pk if draft.legal_entity else account.legal_entity_id,
        open_minor=values["payable_minor"], posted_at=now, **values, **more,
    )  # fmt: skip
    refuse_overlong(row)
    return row


class Parts:
    """The rows below documents of one model, collected and written in one statement per kind."""

    def __init__(self, owner: str, line: type[Any], allowance_charge: type[Any], tax: type[Any]) -> None:
        self.owner, self.line, self.allowance_charge, self.tax = owner, line, allowance_charge, tax
        self.lines: list[Any] = []
        self.allowances_charges: list[Any] = []
        self.taxes: list[Any] = []

    def add(self, document: Any, draft: DocumentDraft) -> None:
        head = {f"{self.owner}_id": document.pk, "currency": draft.currency, "version": document.version}
        for position, line in enumerate(draft.lines):
            row = rows.made(self.line, {"position": position, **head, **line_values(draft, line)})
            refuse_overlong(row)
            self.lines.append(row)
            self._add_allowances_charges(head, draft, line.allowances_charges, line=row)
        self._add_allowances_charges(head, draft, draft.allowances_charges)
        for position, tax in enumerate(draft.taxes):
            self.taxes.append(rows.made(self.tax, {"position": position, **head, **_tax_values(draft, tax)}))

    def write(self) -> None:
        for parts in (self.lines, self.allowances_charges, self.taxes):
            rows.insert(parts)

    def _add_allowances_charges(
        self, head: dict[str, Any], draft: DocumentDraft, drafts: Sequence[AllowanceChargeDraft], line: Any = None
    ) -> None:
        for position, one in enumerate(drafts):
            values = _allowance_charge_values(draft, one)
            below = {"position": position, "line_id": line.pk if line else None, **head, **values}
            self.allowances_charges.append(rows.made(self.allowance_charge, below))


def line_values(draft: DocumentDraft, line: LineDraft) -> dict[str, Any]:
    """The columns of a line that its draft decides."""
    values = {name: getattr(line, name) for name in _LINE_TEXTS}
    values["net_minor"] = _minor(draft, line.net)
    if line.invoice_line is not None:
        values["invoice_line_id"] = line.invoice_line.pk
        values["allowance_minor"] = _minor(draft, line.document_allowance)
        values["charge_minor"] = _minor(draft, line.document_charge)
        values["tax_minor"] = _minor(draft, line.document_tax)
    return values


def refuse_overlong(row: models.Model) -> None:
    """Raise Refusal (422) for a text that is longer than its column: PostgreSQL would fail where SQLite would not."""
    for name, longest in _limits(type(row)):
        text = getattr(row, name)
        if isinstance(text, str) and len(text) > longest:
            raise Refusal("too_long", f"{name} is longer than {longest} characters.", status=422, field=name)


def refuse_wrong_sums(draft: DocumentDraft) -> None:
    """Raise Refusal (422, `totals_differ`) when a sum of EN 16931 does not hold, naming the rule."""
    lines = sum(_minor(draft, line.net) for line in draft.lines)
    allowances = sum(_minor(draft, row.amount) for row in draft.allowances_charges if not row.is_charge)
    charges = sum(_minor(draft, row.amount) for row in draft.allowances_charges if row.is_charge)
    amounts = {name: _minor(draft, getattr(draft, name)) for name in _AMOUNTS}
    rules = {
        "BR-CO-10": not draft.lines or amounts["line_total"] == lines,
        "BR-CO-11": not draft.allowances_charges or amounts["allowance_total"] == allowances,
        "BR-CO-12": not draft.allowances_charges or amounts["charge_total"] == charges,
        "BR-CO-13": amounts["tax_exclusive"]
        == amounts["line_total"] - amounts["allowance_total"] + amounts["charge_total"],
        "BR-CO-14": not draft.taxes or amounts["tax"] == sum(_minor(draft, row.tax) for row in draft.taxes),
        "BR-CO-15": amounts["tax_inclusive"] == amounts["tax_exclusive"] + amounts["tax"],
        "BR-CO-16": amounts["payable"] == amounts["tax_inclusive"] - amounts["prepaid"] + amounts["rounding"],
    }
    broken = [rule for rule, holds in rules.items() if not holds]
    if broken:
        sentence = f"The sums of {draft.number or 'the credit note'} do not hold: {', '.join(broken)} of EN 16931."
        raise Refusal("totals_differ", sentence, status=422, field="payable")
    if amounts["payable"] < 0:
        raise Refusal(
            "negative_payable",
            f"{draft.number} asks for {draft.payable}. What is given back is sent as a credit note.",
            status=422,
            field="payable",
        )


@cache
def _limits(model: type[models.Model]) -> list[tuple[str, int]]:
    columns = [column for column in model._meta.concrete_fields if isinstance(column, models.CharField)]
    return [(column.attname, column.max_length) for column in columns if column.max_length]


def _minor(draft: DocumentDraft, amount: Money | None) -> int:
    if amount is None:
        return 0
    if amount.currency != draft.currency:
        raise Refusal("wrong_currency", f"{amount} does not fit a document in {draft.currency}.", status=422)
    return amount.minor


def _allowance_charge_values(draft: DocumentDraft, one: AllowanceChargeDraft) -> dict[str, Any]:
    return {
        "is_charge": one.is_charge, "amount_minor": _minor(draft, one.amount), "percent": one.percent,
        "base_minor": None if one.base is None else _minor(draft, one.base), "reason": one.reason,
        "reason_code": one.reason_code, "tax_category": one.tax_category, "tax_rate": one.tax_rate,
    }  # fmt: skip


def _tax_values(draft: DocumentDraft, tax: TaxDraft) -> dict[str, Any]:
    return {
        "category": tax.category, "rate": tax.rate, "taxable_minor": _minor(draft, tax.taxable),
        "tax_minor": _minor(draft, tax.tax), "exemption_reason": tax.exemption_reason,
        "exemption_code": tax.exemption_code,
    }  # fmt: skip
