"""The first sign-in by oneself: facts only locate, the link mailed to the address on record proves; nothing is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import TimeMachineFixture

from eipp.accounts.customer_account import CustomerAccount, change_account, create_account, switch_portal
from eipp.accounts.first_sign_in import FirstSignIn, located, look_up
from eipp.accounts.membership import actor_for
from eipp.accounts.person import Person
from eipp.kernel import clock
from tests.accounts.cast import Cast, recorded, steady
from tests.accounts.test_recovery import link_in

ASK = "/accounts/first/"
FACTS = {"email": "Office@Donau.example", "phone": "01 588 30-0", "postal_code": "1020"}
CHOSEN = {
    "name": "Dora Donau",
    "username": "dora",
    "password": "correct horse battery",
    "again": "correct horse battery",
}


@pytest.fixture
def account(cast: Cast) -> CustomerAccount:
    """Nobody has signed up for it; its portal is on."""
    found = create_account(supplier=cast.nordwind, number="D-1", name="Donau AG", currency="EUR")
    change_account(actor_for(cast.mona), found, email="office@donau.example", phone="+43 1 58830-0",
                   address={"postal_code": "1020", "city": "Wien"})  # fmt: skip
    return switch_portal(actor_for(cast.mona), found, on=True)


def ask(**other: str) -> Any:
    return Client().post(ASK, {**FACTS, **other}, follow=True)


def test_the_facts_bring_a_mail_and_its_link_a_login_of_ones_own(
    account: CustomerAccount, mailoutbox: list[EmailMessage]
) -> None:
    ask()
    look_up()
    assert [mail.to for mail in mailoutbox] == [["office@donau.example"]]
    browser = Client()
    assert browser.post(link_in(mailoutbox[0]), CHOSEN)["Location"] == "/"
    dora = Person.objects.find("dora")
    assert dora
    actor = actor_for(dora)
    assert actor.roles == {"viewer", "approver", "payer", "buyer_administrator"}
    assert [row.number for row in CustomerAccount.objects.visible_to(actor)] == ["D-1"]
    account.refresh_from_db()
    assert account.buyer_id == actor.organisation_id
    for name in ("first_sign_in.asked", "customer_account.invited", "invitation.sent", "customer_account.connected"):
        assert len(recorded(name)) == 1, name
    assert Client().get(link_in(mailoutbox[0])).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"email": "other@donau.example"}, {"phone": "01 588 31-0"}, {"postal_code": "1030"}, {"phone": "0"},
     {"phone": "830-0"}],
)  # fmt: skip
def test_one_wrong_fact_brings_no_mail_and_the_same_answer(
    account: CustomerAccount, mailoutbox: list[EmailMessage], wrong: dict[str, str]
) -> None:
    right, wrong_answer = ask(), ask(**wrong)
    assert steady(right) == steady(wrong_answer)
    assert "Reach your supplier" in wrong_answer.content.decode()
    FirstSignIn.objects.order_by("asked_at").first().delete()
    look_up()
    assert not mailoutbox


def test_whatever_it_is_worth_the_request_does_the_same_work(account: CustomerAccount) -> None:
    """So that the time tells nothing either: whether it is known is looked up later, by a job."""
    counts = set()
    for facts in ({}, {"email": "nobody@nowhere.example"}, {"phone": "030 1234567"}):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            ask(**facts)
        counts.add(len(queries))
    assert len(counts) == 1


@pytest.mark.parametrize("phone", ["+43 1 58830-0", "0043 1 588 30 0", "(01) 588300", "01/58830-0", "588 300"])
@pytest.mark.parametrize("postal_code", ["1020", " 10 20 ", "10-20"])
def test_a_fact_may_be_written_as_people_write_it(account: CustomerAccount, phone: str, postal_code: str) -> None:
    assert located("OFFICE@donau.example", phone, postal_code) == [account]


def test_what_was_typed_is_not_kept(account: CustomerAccount) -> None:
    ask()
    look_up()
    row = FirstSignIn.objects.get()
    assert (row.email, row.phone, row.postal_code, row.found) == ("", "", "", 1)
    assert all("donau" not in str(vars(event)).casefold() for event in recorded("first_sign_in.asked"))


def test_the_link_goes_to_the_address_on_record_and_not_to_its_double(
    account: CustomerAccount, mailoutbox: list[EmailMessage]
) -> None:
    ask(email="ｏffice@donau.example")
    look_up()
    assert [mail.to for mail in mailoutbox if mail.to != ["office@donau.example"]] == []


def test_with_the_portal_off_nothing_comes(
    account: CustomerAccount, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    switch_portal(actor_for(cast.mona), account, on=False)
    ask()
    look_up()
    assert not mailoutbox


def test_who_has_people_here_already_is_referred_to_their_own_administrator(
    cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    change_account(actor_for(cast.mona), cast.account, email="ap@brightwater.example", phone="+44 114 555 0100",
                   address={"postal_code": "S9 1EN"})  # fmt: skip
    ask(email="ap@brightwater.example", phone="0114 555 0100", postal_code="s91en")
    look_up()
    assert mailoutbox[0].to == ["ap@brightwater.example"]
    assert "Ada administers it" in mailoutbox[0].body
    assert "/invitation/" not in mailoutbox[0].body
    assert recorded("first_sign_in.referred")[0].internal


def test_all_accounts_with_these_facts_open_together(
    account: CustomerAccount, cast: Cast, mailoutbox: list[EmailMessage]
) -> None:
    other = create_account(supplier=cast.nordwind, number="D-2", name="Donau AG Linz", currency="USD")
    change_account(actor_for(cast.mona), other, email="office@donau.example", phone="01 588300",
                   address={"postal_code": "1020"})  # fmt: skip
    switch_portal(actor_for(cast.mona), other, on=True)
    ask()
    look_up()
    assert len(mailoutbox) == 1
    Client().post(link_in(mailoutbox[0]), CHOSEN)
    buyers = set(CustomerAccount.objects.filter(number__startswith="D-").values_list("buyer", flat=True))
    assert len(buyers) == 1
    assert None not in buyers


def test_the_link_expires_after_an_hour(
    account: CustomerAccount, mailoutbox: list[EmailMessage], time_machine: TimeMachineFixture
) -> None:
    ask()
    look_up()
    time_machine.move_to(clock.now() + timedelta(seconds=3601))
    assert Client().get(link_in(mailoutbox[0])).status_code == 404


def test_asking_is_limited_by_what_was_typed_and_mails_by_account(
    account: CustomerAccount, mailoutbox: list[EmailMessage]
) -> None:
    statuses = [Client().post(ASK, FACTS).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    for _ in range(5):
        look_up()
    assert len(mailoutbox) == 3
    assert FirstSignIn.objects.filter(looked_up_at=None).count() == 0


@pytest.mark.parametrize("facts", [{"email": "x\x00@y.example"}, {"phone": "\u202e123456"}, {"postal_code": ""}])
def test_what_cannot_be_typed_is_an_error_at_its_field(account: CustomerAccount, facts: dict[str, str]) -> None:
    answer = ask(**facts)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not FirstSignIn.objects.exists()


def test_a_weak_password_is_refused_here_as_well(account: CustomerAccount, mailoutbox: list[EmailMessage]) -> None:
    ask()
    look_up()
    for weak in ("1020", "office@donau.example", "0158830012"):
        answer = Client().post(link_in(mailoutbox[0]), {**CHOSEN, "password": weak, "again": weak})
        assert answer.context["form"].errors["password"]
    assert Person.objects.find("dora") is None
