"""Who may call: keys by header, people by the session of our own pages, with the CSRF token for every change."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from eipp.accounts.membership import remove_member
from eipp.accounts.models import ApiKey, Membership, Person
from eipp.api import throttling
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from tests.api.cast import Caller, Cast, member, signed_in


@pytest.fixture
def anna(cast: Cast) -> Person:
    return member(cast, "anna", "approver")


def test_a_signed_in_person_reads_with_the_rights_of_their_role(cast: Cast, anna: Person) -> None:
    caller = signed_in(anna)
    id = cast.invoice()
    assert caller.get(f"invoices/{id}").status_code == 200
    assert caller.post("disputes", {"invoice": id, "reason": "price", "amount": "1.00"}).status_code == 201
    refused = caller.post("payments", {"invoices": [{"invoice": id, "amount": "1.00"}]}, Idempotency_Key="x")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_a_session_without_the_token_changes_nothing(cast: Cast, anna: Person) -> None:
    written = {"invoice": cast.invoice(), "reason": "price", "amount": "1.00"}
    assert signed_in(anna, enforce_csrf_checks=True).post("disputes", written).status_code == 403
    assert signed_in(anna).post("disputes", written).status_code == 201, "with the check off it would"
    assert cast.payer.post("disputes", written | {"amount": "2.00"}).status_code == 201, "a key needs no token"


def test_who_was_removed_sees_nothing_from_the_next_request_on(cast: Cast, anna: Person) -> None:
    caller, id = signed_in(anna), cast.invoice()
    assert caller.get(f"invoices/{id}").status_code == 200
    remove_member(Actor.system("test"), Membership.objects.get(person=anna))
    assert caller.get(f"invoices/{id}").status_code in (403, 404)


def test_a_key_opens_nothing_once_it_is_revoked_or_over(cast: Cast) -> None:
    keys = ApiKey.objects.filter(organisation=cast.buyer)
    assert cast.payer.get("invoices").status_code == 200
    keys.update(expires_at=clock.now() - timedelta(seconds=1))
    assert cast.payer.get("invoices").status_code == 401
    keys.update(expires_at=None, revoked_at=clock.now())
    assert cast.payer.get("invoices").status_code == 401


def test_both_spellings_of_the_header_are_taken(cast: Cast) -> None:
    for scheme in ("Bearer", "bearer", "Api-Key"):
        assert Caller().get("invoices", Authorization=f"{scheme} {cast.erp.key}").status_code == 200


def test_a_wrong_key_is_refused_even_beside_a_session(cast: Cast, anna: Person) -> None:
    assert signed_in(anna).get("invoices", Authorization="Bearer eipp_wrong").status_code == 401


def test_who_goes_too_fast_is_told_when_to_come_back(
    cast: Cast, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling, "_allowances", throttling.Allowances())
    settings.API_REQUESTS_PER_MINUTE = 12  # a burst of two
    codes = [cast.erp.get("accounts").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    refused = cast.erp.get("accounts")
    assert (refused.json()["code"], refused["Retry-After"]) == ("too_many_requests", "5")
    assert cast.payer.get("accounts").status_code == 200, "another caller has an allowance of its own"


def test_an_allowance_grows_again() -> None:
    allowances = throttling.Allowances()
    waits = [allowances.spend("a", per_minute=6, at=at) for at in (0.0, 0.0, 9.9, 10.1)]
    assert [wait > 0 for wait in waits] == [False, True, True, False]
