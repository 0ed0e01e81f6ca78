"""Customer accounts as an ERP writes them: one by one, or all of them in one call, by their numbers."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpResponse
from msgspec import UNSET, Meta, UnsetType

from eipp.accounts.account_upsert import upsert_account
from eipp.api import body, ndjson, shapes
from eipp.api.invoice_writing import WrittenAddress
from eipp.api.operation import operation
from eipp.api.problems import Fault, faults_of
from eipp.api.resource import AnyForm, Resource
from eipp.kernel.refusal import Refusal

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Days = Annotated[int, Meta(ge=0, le=3650)]
DiscountTerms = Annotated[
    str, Meta(max_length=100, description="For invoices that state none: `2% 10, 1% 20`; empty for none.")
]
Phone = Annotated[str, Meta(max_length=40)]
Email = Annotated[str, Meta(max_length=254)]
Code = Annotated[str, Meta(max_length=20, description="Code of the body that invoices it.")]


class WrittenIdentifier(shapes.Written):
    """A mark by which an e-invoice's buyer is recognised: a VAT id, a legal id, an electronic address, a reference."""

    kind: Annotated[str, Meta(extra_json_schema={"enum": ["vat", "legal", "endpoint", "buyer_ref"]})]
    value: shapes.Name
    scheme: Annotated[str, Meta(max_length=10)] = ""


Identifiers = Annotated[list[WrittenIdentifier], Meta(max_length=50)]


class AccountChange(shapes.Written):
    """What is to change; what is left out stays as it is. `identifiers` are added to those that the account has."""

    name: Name | UnsetType = UNSET
    terms_days: Days | UnsetType = UNSET
    discount_terms: DiscountTerms | UnsetType = UNSET
    credit_limit: shapes.Amount | UnsetType | None = UNSET
    legal_entity: Code | UnsetType = UNSET
    address: WrittenAddress | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    identifiers: Identifiers | UnsetType = UNSET


class NewAccount(AccountChange, kw_only=True):
    """A customer account, known by your `number`. A new one needs a name and a currency; of one that is there, what is
    said is changed, but never its currency or its `parent`, the number of the account that it is a branch of."""

    number: Annotated[str, Meta(min_length=1, max_length=60)]
    currency: shapes.Currency | UnsetType = UNSET
    parent: Annotated[str, Meta(max_length=60)] | UnsetType = UNSET


class AccountResult(msgspec.Struct, omit_defaults=True):
    """What became of one line, which counts from 1. outcome: `created`, `changed`, `unchanged`, or `error`, for every
    one of the `errors`."""

    line: int
    outcome: Literal["created", "changed", "unchanged", "error"]
    number: str = ""
    id: UUID | None = None
    code: str = ""
    detail: str = ""
    errors: list[Fault] = []


EXAMPLE = {
    "number": "C-1003", "name": "Brightwater Leeds", "currency": "EUR", "terms_days": 30, "parent": "C-1001",
    "email": "ap.leeds@brightwater.example",
    "address": {"line1": "4 Canal Street", "city": "Leeds", "postal_code": "LS1 4AP", "country": "GB"},
    "identifiers": [{"kind": "endpoint", "scheme": "EM", "value": "leeds@brightwater.example"}],
}  # fmt: skip


class AccountBulk(Resource):
    parser_classes = (ndjson.NdjsonParser,)
    content_negotiation_class = AnyForm

    @operation(
        "Post many accounts", right="account.administer", tag="accounts", produces=ndjson.NDJSON, atomic=False,
        media={ndjson.NDJSON: ndjson.lines_of("an account as `POST accounts` takes it")},
        answers={200: AccountResult},
    )  # fmt: skip
    def post(self, request: Any) -> HttpResponse:
        """At most 10,000 lines and 20 MB, each taken by itself: a wrong one spoils no other. Parents come before their
        branches."""
        lines = ndjson.numbered(self.content())
        return ndjson.answer([_taken(self.actor, number, line) for number, line in lines])


def said(new: AccountChange) -> dict[str, Any]:
    """What was written, without what was left out."""
    found: dict[str, Any] = msgspec.to_builtins(new)
    found.pop("number", None)
    if "identifiers" in found:
        found["identifiers"] = [(each["kind"], each.get("scheme", ""), each["value"]) for each in found["identifiers"]]
    return found


def _taken(actor: Any, line: int, content: bytes) -> AccountResult:
    try:
        new = body.read(content, NewAccount)
        done = upsert_account(actor, new.number, said(new))
    except Refusal as refusal:
        return AccountResult(line, "error", code=refusal.code, detail=refusal.sentence, errors=faults_of(refusal))
    return AccountResult(line, done.outcome, number=done.account.number, id=done.account.pk)  # type: ignore[arg-type]
