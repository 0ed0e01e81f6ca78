"""Customer accounts: the facts, the tree, and by which marks an invoice's buyer is recognised."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from eipp.accounts.account_search import find_accounts
from eipp.accounts.customer_account import (
    DEEPEST,
    CustomerAccount,
    add_identifier,
    change_account,
    create_account,
)
from eipp.accounts.legal_entity import create_legal_entity
from eipp.accounts.membership import actor_for
from eipp.accounts.organisation import create_organisation
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from tests.accounts.cast import Cast, recorded


def numbers(found: list[CustomerAccount]) -> list[str]:
    return [account.number for account in found]


def test_an_account_has_terms_currency_limit_and_address(cast: Cast) -> None:
    account = create_account(
        supplier=cast.nordwind, buyer=cast.elsewhere, number="C-300", name="Elsewhere JP", currency="JPY",
        credit_limit=Money(500_000, "JPY"), postal={"line1": "1-2-3", "postal_code": "100-0001", "country": "JP"},
        terms_days=45, email="ap@elsewhere.example", phone="+81 3",
    )  # fmt: skip
    account.refresh_from_db()
    assert account.credit_limit == Money(500_000, "JPY")
    assert (account.postal_code, account.country, account.terms_days) == ("100-0001", "JP", 45)
    event = recorded("customer_account.opened")[-1]
    assert (event.supplier_id, event.buyer_id, event.account_id) == (cast.nordwind.pk, cast.elsewhere.pk, account.pk)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"number": "C-100"}, ["C-100"]),
        ({"number": "c-100"}, []),
        ({"number": "C-999"}, []),
        ({"number": "C-999", "vat_id": "GB123456789"}, []),
        ({"endpoint": "5790000435968", "endpoint_scheme": "0088"}, ["C-100"]),
        ({"endpoint": "5790000435968"}, ["C-100"]),
        ({"endpoint": "5790000435968", "endpoint_scheme": "9930"}, []),
        ({"vat_id": "gb 123-456-789"}, ["C-100", "C-101"]),
        ({"vat_id": "GB123456789", "endpoint": "5790000435975"}, ["C-101"]),
        ({"vat_id": "GB123456789", "endpoint": "unknown"}, ["C-100", "C-101"]),
        ({"number": "C-200", "endpoint": "5790000435968"}, ["C-100", "C-200"]),
        ({"legal_id": "HRB 1"}, []),
        ({"legal_id": "", "vat_id": None}, []),
        ({}, []),
    ],
)
def test_marks_point_at_accounts(cast: Cast, marks: dict[str, Any], expected: list[str]) -> None:
    """One is certain; several, or marks that contradict each other, are for a human."""
    assert numbers(find_accounts(cast.nordwind, **marks)) == expected


def test_another_suppliers_accounts_are_never_found(cast: Cast) -> None:
    pacific = create_organisation(name="Pacific Parts Inc.", side="supplier", slug="pacific")
    assert find_accounts(pacific, number="C-100") == []
    assert find_accounts(pacific, vat_id="GB123456789") == []


def test_endpoints_that_differ_in_a_dot_are_two(cast: Cast) -> None:
    add_identifier(cast.account, kind="endpoint", scheme="EM", value="ap.one@Brightwater.example")
    assert numbers(find_accounts(cast.nordwind, endpoint="AP.one@brightwater.example")) == ["C-100"]
    assert find_accounts(cast.nordwind, endpoint="apone@brightwater.example") == []


def test_a_mark_is_kept_once(cast: Cast) -> None:
    before = cast.account.identifiers.count()
    add_identifier(cast.account, kind="vat", value="GB123456789")
    assert cast.account.identifiers.count() == before


def test_a_number_is_unique_per_supplier(cast: Cast) -> None:
    facts: dict[str, Any] = {"name": "x", "currency": "EUR", "number": "C-100"}
    with pytest.raises(IntegrityError), transaction.atomic():
        create_account(supplier=cast.nordwind, **facts)
    pacific = create_organisation(name="Pacific Parts Inc.", side="supplier", slug="pacific")
    create_legal_entity(organisation=pacific, name="Pacific Parts Inc.", code="PP", country="US")
    create_account(supplier=pacific, buyer=cast.brightwater, **facts)


def test_a_branch_belongs_to_its_parents_buyer_and_the_tree_ends_somewhere(cast: Cast) -> None:
    assert cast.branch.buyer_id == cast.brightwater.pk
    parent = cast.branch
    for level in range(3, DEEPEST + 1):
        facts: dict[str, Any] = {"number": f"L-{level}", "name": "x", "currency": "EUR"}
        parent = create_account(supplier=cast.nordwind, parent=parent, **facts)
    with pytest.raises(Refusal) as refused:
        create_account(supplier=cast.nordwind, parent=parent, number="L-9", name="x", currency="EUR")
    assert refused.value.field == "parent"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"currency": "XXX"}, None), ({"number": "a\x00"}, "number"), ({"name": "x" * 201}, "name"),
     ({"postal": {"city": "a\x07"}}, "address.city")],
)  # fmt: skip
def test_facts_that_cannot_be_are_refused(cast: Cast, change: dict[str, Any], field: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        create_account(supplier=cast.nordwind, **{"number": "N", "name": "N", "currency": "EUR", **change})
    assert (refused.value.status, refused.value.field) == (422, field)


def test_accounts_join_a_supplier_and_a_buyer(cast: Cast) -> None:
    wrong: list[dict[str, Any]] = [{"buyer": cast.nordwind}, {"parent": cast.account, "buyer": cast.elsewhere}]
    for sides in wrong:
        with pytest.raises(Refusal) as refused:
            create_account(supplier=cast.nordwind, number="N", name="N", currency="EUR", **sides)
        assert refused.value.status == 422


def test_a_manager_changes_an_account_and_the_record_names_the_fields(cast: Cast) -> None:
    facts: dict[str, Any] = {
        "terms_days": 60,
        "credit_limit": Money(100, "EUR"),
        "address": {"postal_code": "LS1"},
        "name": "Brightwater",
    }
    changed = change_account(actor_for(cast.mona), cast.account, **facts)
    changed.refresh_from_db()
    assert (changed.terms_days, changed.credit_limit, changed.postal_code) == (60, Money(100, "EUR"), "LS1")
    event = recorded("customer_account.changed")[0]
    assert event.data == {"fields": ["address", "credit_limit", "postal_code", "terms_days"]}
    change_account(actor_for(cast.mona), cast.account, **facts)
    assert len(recorded("customer_account.changed")) == 1


def test_only_the_supplier_opens_and_changes_accounts(cast: Cast) -> None:
    facts: dict[str, Any] = {"number": "N", "name": "N", "currency": "EUR"}
    with pytest.raises(Refusal) as refused:
        create_account(supplier=cast.nordwind, actor=cast.administrator, **facts)
    assert refused.value.status == 403
    with pytest.raises(Refusal):
        change_account(cast.administrator, cast.account, terms_days=90)
    pacific = create_organisation(name="Pacific Parts Inc.", side="supplier", slug="pacific")
    with pytest.raises(pacific.DoesNotExist):
        create_account(supplier=pacific, actor=actor_for(cast.mona), **facts)
    assert create_account(supplier=cast.nordwind, actor=actor_for(cast.mona), **facts).number == "N"
