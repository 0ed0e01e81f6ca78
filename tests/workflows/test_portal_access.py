"""The portal by customer account: who is let in by which rules; switched off, nobody of the customer's sees it."""

import pytest
from django.test import Client

from eipp.accounts.customer_account import change_account
from eipp.accounts.customer_invitation import invite_customer
from eipp.accounts.membership import actor_for
from eipp.accounts.models import CustomerAccount, Invitation, Person
from eipp.kernel.events import Event
from eipp.kernel.refusal import Refusal
from eipp.ledger.models import Invoice
from messaging.models import Notification, Thread
from messaging.notification import notify
from messaging.thread import post_message, thread_of
from tests.accounts.test_recovery import link_in
from tests.world import World
from workflows.portal_access import RULES, close_portal, open_portal, verdicts

FACTS = {"email": "office@donau.example", "phone": "+43 1 58830", "address": {"postal_code": "1020"}}
WITHOUT = {
    "email_missing": {"email": ""}, "phone_missing": {"phone": ""}, "postal_code_missing": {"address": {}},
    "cash_only": {"cash_only": True},
}  # fmt: skip


@pytest.fixture
def account(world: World) -> CustomerAccount:
    """Nobody signed up for it yet; everything stands on record, and one invoice was posted."""
    account: CustomerAccount = world.accounts["unconnected"]
    change_account(world.actor("mona"), account, **FACTS)
    world.invoice("100.00", account="unconnected")
    account.refresh_from_db()
    return account


def refused(world: World, account: CustomerAccount) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        open_portal(world.actor("mona"), account)
    return refusal.value


def test_who_fulfils_every_rule_is_let_in(world: World, account: CustomerAccount) -> None:
    assert not account.portal_enabled
    open_portal(world.actor("mona"), account)
    account.refresh_from_db()
    assert account.portal_enabled
    assert Event.objects.filter(name="customer_account.portal_opened", account_id=account.pk).count() == 1


@pytest.mark.parametrize("code", WITHOUT)
def test_the_rule_that_fails_is_named(world: World, account: CustomerAccount, code: str) -> None:
    change_account(world.actor("mona"), account, **WITHOUT[code])
    refusal = refused(world, account)
    assert (refusal.code, refusal.status) == (code, 409)
    assert refusal.sentence == next(rule.sentence for rule in RULES if rule.code == code)
    account.refresh_from_db()
    assert not account.portal_enabled


def test_without_an_invoice_there_is_nothing_to_show(world: World) -> None:
    account = world.accounts["unconnected"]
    change_account(world.actor("mona"), account, **FACTS)
    assert refused(world, account).code == "nothing_to_show"


def test_all_that_fails_is_told_at_once(world: World, account: CustomerAccount) -> None:
    change_account(world.actor("mona"), account, email="", phone="")
    assert [error["code"] for error in refused(world, account).errors] == ["email_missing", "phone_missing"]
    account.refresh_from_db()
    assert [each.rule.code for each in verdicts(account) if not each.holds] == ["email_missing", "phone_missing"]


def test_only_who_keeps_accounts_switches(world: World, account: CustomerAccount) -> None:
    for switch in (open_portal, close_portal):
        with pytest.raises(Refusal) as refusal:
            switch(world.actor("clara"), account)
        assert refusal.value.status == 403
        with pytest.raises(CustomerAccount.DoesNotExist):
            switch(world.actor("pete"), account)


def test_switched_off_the_account_does_not_exist_for_people_and_programs(world: World) -> None:
    invoice, other = world.invoice("100.00"), world.invoice("50.00", account="pacific_usd")
    anna, program = world.client("anna"), world.program("brightwater")
    assert anna.get(f"/invoices/{invoice.pk}/").status_code == 200
    close_portal(world.actor("mona"), world.main)
    assert anna.get(f"/invoices/{invoice.pk}/").status_code == 404
    assert program.get(f"/api/v1/invoices/{invoice.pk}").status_code == 404
    for seen in (anna.get("/invoices/"), program.get("/api/v1/invoices")):
        assert invoice.number not in seen.content.decode()
        assert other.number in seen.content.decode()
    assert {row["number"] for row in program.get("/api/v1/accounts").json()["items"]} == {"10002", "BWM-US", "BWM-JP"}
    assert world.client("clara").get(f"/desk/invoices/{invoice.pk}/").status_code == 200
    change_account(world.actor("mona"), world.main, **FACTS)
    open_portal(world.actor("mona"), world.main)
    assert anna.get(f"/invoices/{invoice.pk}/").status_code == 200


def test_ones_own_people_are_seen_although_an_account_is_closed(world: World) -> None:
    close_portal(world.actor("mona"), world.main)
    page = world.client("dora").get("/team/")
    assert "Benjamin Okafor" in page.content.decode()
    assert not world.actor("dora").is_limited


def test_of_a_closed_account_the_buyer_hears_nothing(world: World) -> None:
    invoice = world.invoice("100.00")
    close_portal(world.actor("mona"), world.main)
    post_message(world.actor("clara"), thread_of(invoice), "Hello")
    told = list(Event.objects.filter(name="message.posted"))
    notify(told)
    assert not Notification.objects.filter(event_id=told[0].pk).exists()
    invoice = world.invoice("100.00", account="branch")
    post_message(world.actor("clara"), thread_of(invoice), "Hello")
    told = list(Event.objects.filter(name="message.posted").order_by("pk"))[1:]
    notify(told)
    assert Notification.objects.filter(event_id=told[0].pk).exists()


def test_the_first_person_gets_what_was_posted_before(world: World, account: CustomerAccount, mailoutbox: list) -> None:
    post_message(world.actor("clara"), thread_of(Invoice.objects.get(account=account)), "Welcome")
    open_portal(world.actor("mona"), account)
    invite_customer(world.actor("mona"), account, email="dora@donau.example")
    assert "Nordwind Handels GmbH" in mailoutbox[0].body
    browser, password = Client(), "correct horse battery"
    chosen = {"name": "Dora Donau", "username": "donau", "password": password, "again": password}
    assert browser.post(link_in(mailoutbox[0]), chosen).status_code == 302
    invoice = Invoice.objects.get(account=account)
    page = browser.get(f"/invoices/{invoice.pk}/")
    assert page.status_code == 200
    assert "Welcome" in page.content.decode()
    person = Person.objects.find("donau")
    assert person and invoice.buyer_id == actor_for(person).organisation_id
    assert not Thread.objects.filter(account_id=account.pk, buyer_id=None).exists()


def test_an_invitation_waits_for_the_portal_and_a_customers_administrator_invites_further_ones(
    world: World, account: CustomerAccount
) -> None:
    with pytest.raises(Refusal) as off:
        invite_customer(world.actor("mona"), account, email="dora@donau.example")
    assert off.value.code == "portal_off"
    with pytest.raises(Refusal) as theirs:
        invite_customer(world.actor("mona"), world.main, email="dora@donau.example")
    assert theirs.value.code == "customer_administers_itself"
    assert "Dora Whitlock" in theirs.value.sentence


class TestDesk:
    """The same by AR's page."""

    def test_ar_sees_what_is_missing_mends_it_switches_and_invites(self, world: World, mailoutbox: list) -> None:
        world.invoice("100.00", account="unconnected")
        mona, account = world.client("mona"), world.accounts["unconnected"]
        path = f"/desk/customers/{account.pk}/portal/"
        refused = mona.post(path, {"move": "open"})
        assert refused.status_code == 409
        assert "Put an e-mail address of the customer on record first." in refused.content.decode()
        told = {"email": "office@donau.example", "phone": "+43 1 58830", "postal_code": "1020"}
        assert mona.post(path, {"move": "record", **told}).status_code == 302
        assert mona.post(path, {"move": "open"}).status_code == 302
        assert mona.post(path, {"move": "invite", "email": "office@donau.example"}).status_code == 302
        assert "office@donau.example" in mona.get(path).content.decode()
        assert mona.post(path, {"move": "take_back"}).status_code == 302
        assert Client().get(link_in(mailoutbox[0])).status_code == 404
        assert Invitation.objects.get().revoked_at
        assert mona.post(path, {"move": "close"}).status_code == 302

    def test_a_clerk_looks_and_changes_nothing(self, world: World) -> None:
        clara, path = world.client("clara"), f"/desk/customers/{world.main.pk}/portal/"
        assert "Switch the portal off" not in clara.get(path).content.decode()
        assert clara.post(path, {"move": "close"}).status_code == 403
        assert CustomerAccount.objects.get(pk=world.main.pk).portal_enabled
