"""The API's small world, made by doing, and a client that speaks as an ERP does."""

import json
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.test import Client

from eipp.accounts.api_key import create_api_key
from eipp.accounts.customer_account import create_account
from eipp.accounts.legal_entity import create_legal_entity
from eipp.accounts.membership import add_member
from eipp.accounts.models import CustomerAccount, Organisation, Person
from eipp.accounts.organisation import create_organisation

_numbers = count(1)
IBAN = "DE89370400440532013000"
SUPPLIER_SCOPES = (
    "invoices:read", "invoices:write", "accounts:write", "receipts:write", "bank-statements:write", "disputes:write",
    "threads:write", "webhooks:write",
)  # fmt: skip
BUYER_SCOPES = ("invoices:read", "disputes:write", "approvals:write", "payments:write", "remittances:write",
                "threads:write")  # fmt: skip


@dataclass
class Caller:
    """Calls the API; what is not bytes is written as JSON. `key` is an API key, `client` may hold a session."""

    key: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=Client)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(self._address(path), headers=self._headers(headers))

    def post(self, path: str, content: Any = None, *, kind: str = "application/json", **headers: str) -> Any:
        body = content if isinstance(content, bytes) else json.dumps({} if content is None else content).encode()
        return self.client.post(self._address(path), body, content_type=kind, headers=self._headers(headers))

    def patch(self, path: str, content: Any, **headers: str) -> Any:
        body = json.dumps(content).encode()
        return self.client.patch(
            self._address(path), body, content_type="application/json", headers=self._headers(headers)
        )

    def _address(self, path: str) -> str:
        return path if path.startswith("/") else f"/api/v1/{path}"

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in {**self.headers, **more}.items()}
        return {"Authorization": f"Bearer {self.key}", **named} if self.key else named


@dataclass
class Cast:
    supplier: Organisation
    buyer: Organisation
    account: CustomerAccount
    erp: Caller
    payer: Caller
    stranger: Caller
    stranger_account: CustomerAccount
    other_supplier: Caller

    @classmethod
    def make(cls) -> "Cast":
        mark = next(_numbers)
        supplier = _supplier(f"nordwind-{mark}", "Nordwind Handels GmbH")
        other = _supplier(f"pacific-{mark}", "Pacific Parts Inc.")
        buyer = create_organisation(name="Brightwater Manufacturing Ltd", side="buyer", slug=f"brightwater-{mark}")
        elsewhere = create_organisation(name="Elsewhere AG", side="buyer", slug=f"elsewhere-{mark}")
        facts: dict[str, Any] = {"supplier": supplier, "currency": "EUR", "terms_days": 30}
        account = create_account(
            number="C-1001", name="Brightwater Main", buyer=buyer, identifiers=[("vat", "", "GB123456789")], **facts
        )
        stranger_account = create_account(number="C-2001", name="Elsewhere AG", buyer=elsewhere, **facts)
        return cls(
            supplier, buyer, account, erp=caller(supplier, SUPPLIER_SCOPES), payer=caller(buyer, BUYER_SCOPES),
            stranger=caller(elsewhere, BUYER_SCOPES), stranger_account=stranger_account,
            other_supplier=caller(other, SUPPLIER_SCOPES),
        )  # fmt: skip

    def invoice(self, **changes: Any) -> str:
        """Post an invoice by the API; its id."""
        response = self.erp.post("invoices", invoice(**changes))
        assert response.status_code == 201, response.content
        found: str = response.json()["id"]
        return found


def caller(organisation: Organisation, scopes: tuple[str, ...]) -> Caller:
    return Caller(create_api_key(organisation=organisation, name="ERP", scopes=scopes)[1])


def member(cast: Cast, name: str, role: str) -> Person:
    """A person of the buyer's."""
    person = Person.objects.create(username=name, username_folded=name, email=f"{name}@example.com", name=name.title())
    add_member(person=person, organisation=cast.buyer, roles=[role])
    return person


def signed_in(person: Person, **options: Any) -> Caller:
    client = Client(**options)
    client.force_login(person)
    return Caller(client=client)


def invoice(**changes: Any) -> dict[str, Any]:
    """An invoice as an ERP writes it: ten bearings and freight, 166.60 EUR with tax; each call has its own number."""
    number = f"2026-{next(_numbers):05d}"
    written = {
        "external_id": f"ERP-{number}", "number": number, "account": "C-1001", "issue_date": "2026-03-02",
        "due_date": "2026-04-01", "currency": "EUR",
        "lines": [
            {"number": "1", "name": "Ball bearing 6204", "quantity": "10", "unit_price": "12.50",
             "net_amount": "125.00", "tax_category": "S", "tax_rate": "19"},
            {"number": "2", "name": "Freight", "quantity": "1", "unit_price": "15.00", "net_amount": "15.00",
             "tax_category": "S", "tax_rate": "19"},
        ],
        "totals": {"total_without_tax": "140.00", "tax": "26.60", "total_with_tax": "166.60", "payable": "166.60"},
    }  # fmt: skip
    return deepcopy({**written, **changes})


def _supplier(slug: str, name: str) -> Organisation:
    supplier = create_organisation(name=name, side="supplier", slug=slug)
    create_legal_entity(
        organisation=supplier, name=name, code="MAIN", country="DE", bank_accounts=[{"iban": IBAN, "currency": "EUR"}]
    )
    return supplier
