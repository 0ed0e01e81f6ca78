"""A bill as a supplier's ERP writes it: the neutral document over some goods, with sums that hold."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from documents.einvoice.document import Document
from documents.einvoice.parts import (
    Address,
    AllowanceCharge,
    Figure,
    Identifier,
    Line,
    Note,
    Party,
    PaymentMeans,
    PaymentTerms,
    TaxCategory,
    TaxSubtotal,
    TaxTotal,
)
from eipp.accounts.models import CustomerAccount, LegalEntity
from eipp.kernel.money import Money, total


@dataclass(frozen=True, slots=True)
class Good:
    """Something that is delivered: `price` is per `unit` (UN/ECE code), net, as decimal text."""

    name: str
    price: str
    unit: str = "C62"
    item: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """What is billed: goods with how many of each, a tax rate in percent, freight as a charge on the document."""

    account: CustomerAccount
    number: str
    currency: str
    issued: date
    goods: tuple[tuple[Good, Decimal], ...]
    due: date | None = None
    tax: str = "0"
    freight: str = ""
    order: str = ""
    note: str = ""

    def document(self) -> Document:
        """The bill as a neutral document; its sums are those of EN 16931 (BR-CO-10 to 16)."""
        nets = [Money.of(Decimal(good.price) * quantity, self.currency) for good, quantity in self.goods]
        freight = Money.parse(self.freight or "0", self.currency)
        lines_net = total(nets, self.currency)
        taxable = lines_net + freight
        tax = taxable.share(Decimal(self.tax), Decimal(100))
        return Document(
            number=self.number, type_code="380", issue_date=self.issued.isoformat(), currency=self.currency,
            due_date=self.due_on.isoformat(), order_reference=self.order or None,
            notes=(Note(text=self.note),) if self.note else (), payment_id=self.number,
            customization="urn:cen.eu:en16931:2017",
            seller=_seller(self.account.legal_entity), buyer=_buyer(self.account),
            payment_means=_means(self.account.legal_entity), payment_terms=(PaymentTerms(note=self._terms()),),
            lines=tuple(self._line(position, net) for position, net in enumerate(nets)),
            charges=self._charges(freight), line_total=_figure(lines_net), charge_total=_figure(freight) if freight
            else None, total_without_tax=_figure(taxable), total_with_tax=_figure(taxable + tax),
            payable=_figure(taxable + tax), tax_totals=(self._tax(taxable, tax),),
        )  # fmt: skip

    @property
    def due_on(self) -> date:
        return self.due or self.issued + timedelta(days=self.account.terms_days)

    def _line(self, position: int, net: Money) -> Line:
        good, quantity = self.goods[position]
        facts: dict[str, Any] = {"note": good.note} if good.note else {}
        return Line(
            id=str(position + 1), name=good.name, quantity=Figure(f"{quantity:f}"), unit=good.unit, net=_figure(net),
            price=Figure(good.price), seller_item_id=good.item or None, tax=self._category(), **facts,
        )  # fmt: skip

    def _charges(self, freight: Money) -> tuple[AllowanceCharge, ...]:
        if not freight:
            return ()
        return (AllowanceCharge(amount=_figure(freight), reason="Freight", reason_code="FC", tax=self._category()),)

    def _tax(self, taxable: Money, tax: Money) -> TaxTotal:
        row = TaxSubtotal(taxable=_figure(taxable), tax=_figure(tax), category=self._category())
        return TaxTotal(amount=_figure(tax), currency=self.currency, breakdown=(row,))

    def _category(self) -> TaxCategory:
        return TaxCategory(code="S" if Decimal(self.tax) else "Z", rate=Figure(self.tax), scheme="VAT")

    def _terms(self) -> str:
        deduction = "" if self.account.discount_terms else " without deduction"
        return f"Payable within {(self.due_on - self.issued).days} days{deduction}."


def _seller(entity: LegalEntity) -> Party:
    return Party(
        name=entity.name, vat_id=entity.vat_id or None, legal_id=entity.legal_id or None,
        endpoint=entity.endpoint or None, endpoint_scheme=entity.endpoint_scheme or None,
        address=Address(**entity.address),
    )  # fmt: skip


def _buyer(account: CustomerAccount) -> Party:
    return Party(name=account.name, identifiers=(Identifier(account.number),), address=Address(**account.address))


def _means(entity: LegalEntity) -> tuple[PaymentMeans, ...]:
    own = entity.bank_accounts[0]
    return (PaymentMeans(code="58", account=own["iban"], account_name=own["holder"], bank=own.get("bic")),)


def _figure(amount: Money) -> Figure:
    return Figure(amount.text)
