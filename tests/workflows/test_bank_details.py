"""Bank details: nothing is paid to an account that two people, a wait and the old contact have not let through."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.ledger.models import Invoice
from tests.workflows.doing import enter, refused, told
from tests.world import World
from workflows import bank_details, jobs
from workflows.bank_details import BankDetails, banking_days_after, propose
from workflows.payee import accounts_for

SYSTEM = Actor.system("test")
NEW = "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def asked(world: World) -> BankDetails:
    """Mona asks to have Nordwind's euros sent elsewhere."""
    entity = world.main.legal_entity
    return propose(world.actor("mona"), entity, holder="Nordwind", account=NEW, bic="SOGEDEFFXXX", currency="EUR",
                   replaces=entity.bank_accounts[0]["iban"])  # fmt: skip


def accounts(world: World) -> list[str]:
    world.main.legal_entity.refresh_from_db()
    return [each["iban"] for each in world.main.legal_entity.bank_accounts]


def test_it_counts_after_a_second_person_and_the_wait(world: World, asked: BankDetails) -> None:
    before = accounts(world)
    with refused("second_person_needed", 409):
        asked.confirm(world.actor("mona"))
    with refused("person_needed", 409):
        asked.confirm(world.erp("nordwind")) if world.erp("nordwind").may("bank_details.keep") else _no_program()
    asked.confirm(world.actor("silke"))
    assert asked.effective_at == banking_days_after(asked.state_since, 2)
    jobs.bring_bank_details_into_force()
    asked.refresh_from_db()
    assert (asked.state, accounts(world)) == ("confirmed", before)
    with refused("not_yet", 409):
        asked.take_effect(SYSTEM)
    BankDetails.objects.filter(pk=asked.pk).update(effective_at=clock.now() - timedelta(minutes=1))
    jobs.bring_bank_details_into_force()
    asked.refresh_from_db()
    assert (asked.state, accounts(world)) == ("in_force", ["DE89370400440532013000", *before[1:]])
    assert accounts_for(world.main.legal_entity, "EUR")[0]["holder"] == "Nordwind"
    assert told(asked) == ["bank_details.proposed", "bank_details.confirmed", "bank_details.in_force"]


def _no_program() -> None:
    raise bank_details.Refusal("person_needed", "No program has the right.")


def test_the_old_contact_hears_of_it_at_once_and_can_have_it_refused(world: World, asked: BankDetails) -> None:
    before = accounts(world)
    (message,) = [each for each in mail.outbox if "bank details" in each.subject]
    assert message.to == [world.nordwind.contact_email]
    assert "DE89370400440532013000" not in message.body and "DE89 … 3000" in message.body
    asked.confirm(world.actor("silke"))
    asked.refuse(world.actor("mona"), reason="We were deceived")
    BankDetails.objects.filter(pk=asked.pk).update(effective_at=clock.now() - timedelta(days=9))
    jobs.bring_bank_details_into_force()
    asked.refresh_from_db()
    assert (asked.state, accounts(world)) == ("refused", before)
    with refused("not_now", 409):
        asked.confirm(world.actor("silke"))


def test_money_goes_to_no_account_that_is_not_in_force(world: World) -> None:
    invoice: Invoice = world.invoice("10.00", account="tiny_account", currency="CHF")
    type(invoice.legal_entity).objects.filter(pk=invoice.legal_entity_id).update(bank_accounts=[])
    propose(world.actor("mona"), world.main.legal_entity, holder="Nordwind", account=NEW, currency="CHF").confirm(
        world.actor("silke"))  # fmt: skip
    with refused("no_bank_account", 409):
        enter(world, "tom", invoice, gateway="bank_transfer", method="bank_transfer")


def test_what_is_no_account_or_not_ones_own_is_refused(world: World, asked: BankDetails) -> None:
    mona, entity = world.actor("mona"), world.main.legal_entity
    given = {"holder": "Nordwind", "currency": "EUR"}
    for account, code in (("DE89370400440532013001", "invalid_account"), ("?", "invalid_account"),
                          (NEW, "change_under_way"), (entity.bank_accounts[0]["iban"], "known_account")):  # fmt: skip
        with refused(code):
            propose(mona, entity, account=account, **given)
    with refused("invalid_bic", 422):
        propose(mona, entity, account="GB33BUKB20201555555555", bic="NOBANK", **given)
    with refused("unknown_account", 422):
        propose(mona, entity, account="GB33BUKB20201555555555", replaces="DE00", **given)
    with refused("unknown_currency", 422):
        propose(mona, entity, account="GB33BUKB20201555555555", holder="N", currency="XXX")
    with refused("not_your_role", 403):
        propose(world.actor("clara"), entity, account="GB33BUKB20201555555555", **given)
    assert BankDetails.objects.count() == 1
    assert not BankDetails.objects.visible_to(world.actor("anna")).exists()


def test_a_buyers_own_are_for_refunds_and_the_newest_counts(world: World) -> None:
    anna, dora, buyer = world.actor("anna"), world.actor("dora"), world.brightwater
    for account in ("GB33BUKB20201555555555", "GB94BARC10201530093459"):
        row = propose(anna, None, holder="Brightwater", account=account, currency="GBP")
        row.confirm(dora)
        assert (bank_details.in_force(buyer, "GBP") or row) != row or account.startswith("GB33")
        BankDetails.objects.filter(pk=row.pk).update(effective_at=clock.now() - timedelta(minutes=1))
        bank_details.take_effect(row.pk)
        found = bank_details.in_force(buyer, "GBP")
        assert found and found.account == account
    assert bank_details.in_force(buyer, "EUR") is None
    assert not BankDetails.objects.visible_to(world.actor("mona")).exists()


def test_the_wait_counts_banking_days() -> None:
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert banking_days_after(friday, 2) == datetime(2026, 11, 24, 9, tzinfo=UTC)
