"""The ledger's small world: a supplier, two accounts of one buyer, drafts of invoices; all made by doing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from eipp.accounts.customer_account import create_account
from eipp.accounts.legal_entity import create_legal_entity
from eipp.accounts.models import CustomerAccount, LegalEntity, Organisation
from eipp.accounts.organisation import create_organisation
from eipp.kernel.actor import Actor
from eipp.kernel.clock import now
from eipp.kernel.money import Money, total
from eipp.ledger import posting
from eipp.ledger.draft import AllowanceChargeDraft, InvoiceDraft, LineDraft, TaxDraft
from eipp.ledger.invoice import Invoice

ACTOR = Actor.system("test")
_numbers = count(1)


@dataclass
class World:
    supplier: Organisation
    buyer: Organisation
    account: CustomerAccount
    branch: CustomerAccount

    @classmethod
    def make(cls) -> "World":
        suffix = next(_numbers)
        supplier = create_organisation(name="Nordwind Handels GmbH", side="supplier", slug=f"nordwind-{suffix}")
        buyer = create_organisation(name="Brightwater Manufacturing Ltd", side="buyer", slug=f"brightwater-{suffix}")
        create_legal_entity(organisation=supplier, name="Nordwind Handels GmbH", code="NW", country="DE")
        facts: dict[str, Any] = {"supplier": supplier, "buyer": buyer, "currency": "EUR", "terms_days": 30}
        account = create_account(number="1001", name="Brightwater Main", **facts)
        branch = create_account(number="1002", name="Brightwater Branch", parent=account, **facts)
        return cls(supplier, buyer, account, branch)

    def buyer_actor(self) -> Actor:
        return Actor(kind="person", side="buyer", organisation_id=self.buyer.pk)

    def second_entity(self) -> LegalEntity:
        """Another company of the supplier's, with money of its own."""
        return create_legal_entity(organisation=self.supplier, name="Nordwind Schweiz AG", code="CH", country="CH")

    def supplier_actor(self) -> Actor:
        return Actor(kind="person", side="supplier", organisation_id=self.supplier.pk)

    def invoice(self, amount: str | Money = "100.00", **facts: Any) -> Invoice:
        """Post an invoice over one line; facts go into the draft."""
        money = amount if isinstance(amount, Money) else Money.parse(amount, facts.pop("currency", "EUR"))
        (invoice,) = posting.post_invoices(ACTOR, [self.draft(money, **facts)], now=now())
        return invoice

    def draft(self, amount: Money, **facts: Any) -> InvoiceDraft:
        line = LineDraft(
            line_number="1", item_name="Bolt M8", quantity=Decimal(1), unit_price=amount.amount, net=amount,
            tax_category="Z", tax_rate=Decimal(0),
        )  # fmt: skip
        return composed(self.account, [line], **facts)

    def receipt(self, amount: str | Money, **facts: Any) -> Any:
        money = amount if isinstance(amount, Money) else Money.parse(amount, facts.pop("currency", "EUR"))
        facts = {
            "account": self.account,
            "received_on": date(2026, 6, 1),
            "kind": "transfer",
            "reference": "r",
            **facts,
        }
        return posting.post_receipt(ACTOR, amount=money, **facts)


def composed(
    account: CustomerAccount,
    lines: list[LineDraft],
    *,
    allowances_charges: tuple[AllowanceChargeDraft, ...] = (),
    prepaid: Money | None = None,
    rounding: Money | None = None,
    **facts: Any,
) -> InvoiceDraft:
    """A draft whose sums follow from its lines as EN 16931 says, with a tax row per category and rate."""
    currency = lines[0].net.currency
    zero = Money.zero(currency)
    groups: dict[tuple[str, Decimal | None], Money] = {}
    for line in lines:
        key = (line.tax_category, line.tax_rate)
        groups[key] = groups.get(key, zero) + line.net
    for one in allowances_charges:
        key = (one.tax_category, one.tax_rate)
        groups[key] = groups.get(key, zero) + (one.amount if one.is_charge else -one.amount)
    taxes = [
        TaxDraft(category=key[0], rate=key[1], taxable=taxable, tax=taxable.share(key[1] or Decimal(0), Decimal(100)))
        for key, taxable in groups.items()
    ]
    net = total((line.net for line in lines), currency)
    allowance = total((one.amount for one in allowances_charges if not one.is_charge), currency)
    charge = total((one.amount for one in allowances_charges if one.is_charge), currency)
    tax = total((row.tax for row in taxes), currency)
    exclusive = net - allowance + charge
    facts = {"number": f"INV-{next(_numbers):05}", "issue_date": date(2026, 5, 1), **facts}
    return InvoiceDraft(
        account=account, currency=currency, lines=lines, taxes=taxes, allowances_charges=list(allowances_charges),
        line_total=net, allowance_total=allowance, charge_total=charge, tax_exclusive=exclusive, tax=tax,
        tax_inclusive=exclusive + tax, prepaid=prepaid, rounding=rounding,
        payable=exclusive + tax - (prepaid or zero) + (rounding or zero), **facts,
    )  # fmt: skip
