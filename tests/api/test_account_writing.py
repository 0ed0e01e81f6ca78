"""Customer accounts that an ERP writes: opened and changed by their numbers, singly or many in one call."""

import json
from typing import Any

import pytest

from eipp.accounts.models import CustomerAccount
from eipp.kernel import events
from tests.api.cast import Cast, invoice

NEW = {
    "number": "C-1003", "name": "Brightwater Leeds", "currency": "EUR", "terms_days": 14, "parent": "C-1001",
    "credit_limit": "5000.00", "email": "ap.leeds@brightwater.example", "phone": "+44 113 496 0000",
    "address": {"line1": "4 Canal Street", "city": "Leeds", "postal_code": "LS1 4AP", "country": "GB"},
    "identifiers": [{"kind": "endpoint", "scheme": "EM", "value": "leeds@brightwater.example"}],
}  # fmt: skip


def told(number: str) -> list[str]:
    return [event.name for event in events.about(CustomerAccount.objects.get(number=number))]


def test_an_account_is_opened_with_all_that_is_said_of_it(cast: Cast) -> None:
    response = cast.erp.post("accounts", NEW)
    assert response.status_code == 201, response.content
    row = CustomerAccount.objects.get(number="C-1003")
    assert (row.name, row.terms_days, row.parent, row.buyer) == ("Brightwater Leeds", 14, cast.account, cast.buyer)
    assert (row.address["city"], row.postal_code, row.credit_limit_minor) == ("Leeds", "LS1 4AP", 500_000)
    assert row.email == "ap.leeds@brightwater.example"
    assert response["Location"] == f"/api/v1/accounts/{row.pk}"
    assert told("C-1003") == ["customer_account.opened"]
    by_mark = invoice(account="", buyer={"endpoint": {"id": "leeds@brightwater.example", "scheme": "EM"}})
    seen = cast.payer.get(cast.erp.post("invoices", by_mark)["Location"]).json()
    assert seen["account"]["number"] == "C-1003"


def test_said_again_it_changes_nothing_and_what_is_new_is_changed(cast: Cast) -> None:
    cast.erp.post("accounts", NEW)
    assert cast.erp.post("accounts", NEW).status_code == 200
    assert told("C-1003") == ["customer_account.opened"]
    assert cast.erp.post("accounts", {"number": "C-1003", "terms_days": 30}).json()["terms_days"] == 30
    assert told("C-1003") == ["customer_account.opened", "customer_account.changed"]
    assert CustomerAccount.objects.get(number="C-1003").name == "Brightwater Leeds"


def test_a_patch_changes_what_it_says_and_nothing_else(cast: Cast) -> None:
    path = cast.erp.post("accounts", NEW)["Location"]
    response = cast.erp.patch(path, {"name": "Brightwater Leeds Ltd", "credit_limit": None})
    assert response.status_code == 200, response.content
    assert (response.json()["name"], response.json()["credit_limit"]) == ("Brightwater Leeds Ltd", None)
    assert response.json()["terms_days"] == 14
    assert cast.payer.patch(path, {"name": "Mine"}).status_code == 403
    assert cast.other_supplier.patch(path, {"name": "Mine"}).status_code == 404
    assert cast.erp.patch(path, {"number": "C-9"}).json()["code"] == "unknown_field"


def test_many_come_in_one_call_with_a_result_for_each(cast: Cast) -> None:
    lines = [NEW, {**NEW, "phone": "+44 1"}, {"number": "C-1004"}, {**NEW, "number": "C-1005", "parent": "none"},
             {"number": "C-2001", "name": "Elsewhere AG"}, {**NEW, "number": "C-1006", "parent": "C-1003"}]  # fmt: skip
    body = "\n".join(json.dumps(line) for line in lines).encode() + b"\nnot json"
    response = cast.erp.post("accounts/bulk", body, kind="application/x-ndjson")
    assert response.status_code == 200, response.content
    results = [json.loads(line) for line in response.content.splitlines()]
    assert [one["outcome"] for one in results] == [
        "created", "changed", "error", "error", "unchanged", "created", "error",
    ]  # fmt: skip
    pointers = [one["errors"][0]["pointer"] for one in results if one.get("errors")]
    assert pointers == ["/name", "/parent"]
    assert CustomerAccount.objects.get(number="C-1006").parent.number == "C-1003"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"currency": "XXX"}, "/currency"), ({"email": "a@b.example\r\nBcc: c@d.example"}, "/email"),
        ({"terms_days": -1}, "/terms_days"), ({"credit_limit": "-1.00"}, "/credit_limit"),
        ({"legal_entity": "nope"}, "/legal_entity"), ({"parent": "C-404"}, "/parent"), ({"name": ""}, "/name"),
        ({"identifiers": [{"kind": "shoe", "value": "44"}]}, "/identifiers/0/kind"),
        ({"address": {"planet": "Mars"}}, "/address/planet"), ({"buyer": "x"}, "/buyer"),
        ({"portal_enabled": True}, "/portal_enabled"), ({"name": "a\u202eb"}, "/name"),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_refused_naming_its_field(cast: Cast, change: dict[str, Any], pointer: str) -> None:
    response = cast.erp.post("accounts", {**NEW, **change})
    assert response.status_code == 422, response.content
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert not CustomerAccount.objects.filter(number="C-1003").exists()


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"parent": "C-2001"}])
def test_currency_and_place_in_the_tree_are_not_changed(cast: Cast, change: dict[str, Any]) -> None:
    cast.erp.post("accounts", NEW)
    response = cast.erp.post("accounts", {"number": "C-1003", **change})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (409, f"/{next(iter(change))}")
