"""Saved method: kept at the payee's gateway, used by whom its owner says, stopped with a reason, forgotten for good."""

from datetime import timedelta
from uuid import uuid4

import pytest

from eipp.accounts.models import LegalEntity
from eipp.gateways import sandbox_accounts, sandbox_charge, sandbox_faults, sandbox_means
from eipp.gateways.sandbox_charge import SandboxCharge
from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.kernel.events import Event
from eipp.ledger.models import Invoice
from tests.workflows.doing import DECLINED, approve, assert_sound, eur, hear, posted, refused, told
from tests.workflows.saving import asked, begun, means_of, saved_account, saved_card
from tests.world import World
from workflows import intent, method_setup, paying, saved_method
from workflows.approval_rule import set_rule
from workflows.payment import Payment
from workflows.saved_method import SavedMethod, usable_by

SYSTEM = Actor.system("test")


@pytest.fixture
def payee(world: World) -> LegalEntity:
    return world.tiny_account.legal_entity


def pay(world: World, who: str, invoice: Invoice, saved: SavedMethod) -> Payment:
    invoice.refresh_from_db()
    entered = intent.enter(world.actor(who), [(invoice, invoice.free)], saved=saved, attempt=uuid4())
    return paying.begin(entered)


def test_a_saved_card_pays_at_once_and_nobody_types_it_again(world: World, payee: LegalEntity) -> None:
    saved = saved_card(world, "tom", payee, name="Company card")
    today = clock.today()
    assert (saved.standing(today), saved.label, str(saved), saved.is_default) == (
        "usable", "card ending 4242", "Company card", True)  # fmt: skip
    assert saved.token and saved.token not in saved.locked_token
    invoice = world.invoice("100.00", account="tiny_account")
    entered = pay(world, "tom", invoice, saved)
    invoice.refresh_from_db()
    assert (entered.state, entered.means, entered.saved_method, invoice.open, posted(entered)) == (
        "settled", "card ending 4242", saved, eur("0"), eur("100.00"))  # fmt: skip
    assert told(saved) == ["saved_method.requested", "saved_method.saved"]
    assert saved.token not in str([event.data for event in Event.objects.all()])
    assert SandboxCharge.objects.get(reference=entered.pk).charged == 1
    assert_sound()


def test_one_attempt_saves_one_and_asking_twice_tells_it_once(world: World, payee: LegalEntity) -> None:
    attempt = uuid4()
    first, second = begun(world, "tom", payee, attempt=attempt), begun(world, "tom", payee, attempt=attempt)
    assert first.pk == second.pk
    sandbox_means.give_card(means_of(first).pk, card="4242 4242 4242 4242")
    assert asked(asked(first)).saved_at
    assert told(first) == ["saved_method.requested", "saved_method.saved"]


def test_an_account_is_verified_by_two_small_amounts(world: World, payee: LegalEntity) -> None:
    row = begun(world, "tom", payee, kind="bank_debit")
    kept = sandbox_means.give_account(means_of(row).pk, account="0001 2345 6789", now=clock.now() - timedelta(days=5))
    row = asked(row)
    assert (row.standing(clock.today()), usable_by(world.actor("tom"), payee=payee, on=clock.today())) == (
        "verifying", [])  # fmt: skip
    with refused("method_not_usable", 409):
        pay(world, "tom", world.invoice("5.00", account="tiny_account"), row)
    right = sandbox_means.small_amounts(kept)
    with refused("wrong_amounts", 422):
        method_setup.verify(world.actor("tom"), row, [right[0], right[1] % 99 + 1])
    method_setup.verify(world.actor("tom"), row, right)
    row.refresh_from_db()
    assert (row.standing(clock.today()), row.verified_at is not None) == ("usable", True)
    with refused("not_now", 409):
        method_setup.verify(world.actor("tom"), row, right)


def test_a_card_that_the_bank_declines_is_not_saved(world: World, payee: LegalEntity) -> None:
    row = saved_card(world, "tom", payee, card=DECLINED)
    assert (row.standing(clock.today()), row.token) == ("failed", "")
    assert row.failure_sentence.endswith(".")


def test_what_is_expired_stopped_or_removed_pays_nothing(world: World, payee: LegalEntity) -> None:
    saved, invoice = saved_card(world, "tom", payee), world.invoice("10.00", account="tiny_account")
    with refused("method_not_usable", 409):
        SavedMethod.objects.filter(pk=saved.pk).update(expires_on=clock.today() - timedelta(days=1))
        pay(world, "tom", invoice, saved)
    SavedMethod.objects.filter(pk=saved.pk).update(expires_on=None)
    saved_method.stop(SYSTEM, saved, reason="R29")
    saved_method.stop(SYSTEM, saved, reason="R02")
    saved.refresh_from_db()
    assert saved.stop_reason == "R29" and "blocked" in saved.stop_sentence
    with refused("method_not_usable", 409):
        pay(world, "tom", invoice, saved)
    saved_method.remove(world.actor("tom"), saved)
    with refused("method_not_usable", 409):
        pay(world, "tom", invoice, saved)
    assert not Payment.objects.exists()
    assert told(saved)[-2:] == ["saved_method.stopped", "saved_method.removed"]


def test_what_is_removed_is_forgotten_by_the_provider_as_well(world: World, payee: LegalEntity) -> None:
    saved = saved_card(world, "tom", payee)
    saved_method.remove(world.actor("tom"), saved)
    assert method_setup.to_be_asked(clock.now()) == [saved.pk]
    method_setup.ask(saved.pk)
    saved.refresh_from_db()
    assert (saved.token, means_of(saved).status, method_setup.to_be_asked(clock.now())) == ("", "gone", [])


def test_it_pays_its_own_payee_and_its_own_buyers_invoices_alone(world: World, payee: LegalEntity) -> None:
    theirs = saved_card(world, "sina", payee)
    invoice = world.invoice("10.00", account="tiny_account")
    assert not SavedMethod.objects.visible_to(world.actor("tom")).exists()
    with refused("not_this_payee", 422):
        pay(world, "tom", invoice, theirs)
    assert not SavedMethod.objects.visible_to(world.actor("mona")).exists()


def test_only_those_it_is_for_pay_with_it(world: World) -> None:
    payee = world.main.legal_entity
    saved = saved_card(world, "anna", payee, for_everyone=False, people=[world.people["anna"]])
    assert usable_by(world.actor("anna"), payee=payee, on=clock.today()) == [saved]
    with refused("wrong_people", 422):
        saved_method.share(world.actor("anna"), saved, for_everyone=False, people=[])
    with refused("wrong_people", 422):
        saved_method.share(world.actor("anna"), saved, for_everyone=False, people=[world.people["tom"]])
    with refused("not_your_role", 403):
        saved_method.share(world.actor("vera"), saved, for_everyone=True)
    program = world.erp("brightwater")
    assert isinstance(saved.refusal(program), Exception) and usable_by(program, payee=payee, on=clock.today()) == []
    saved_method.share(world.actor("anna"), saved, for_everyone=True)
    saved.refresh_from_db()
    assert saved.refusal(program) is None


def test_there_is_one_first_choice_for_each_payee(world: World, payee: LegalEntity) -> None:
    first, second = saved_card(world, "tom", payee), saved_account(world, "tom", payee)
    assert (first.is_default, second.is_default) == (True, False)
    saved_method.make_default(world.actor("tom"), second)
    assert [row.pk for row in usable_by(world.actor("tom"), payee=payee, on=clock.today())] == [second.pk, first.pk]
    assert SavedMethod.objects.filter(is_default=True).count() == 1


def test_a_debit_of_a_saved_account_is_on_its_way_and_not_paid(world: World, payee: LegalEntity) -> None:
    invoice = world.invoice("10.00", account="tiny_account")
    entered = pay(world, "tom", invoice, saved_account(world, "tom", payee))
    invoice.refresh_from_db()
    assert (entered.state, invoice.pending, invoice.open) == ("pending", eur("10.00"), eur("10.00"))


def test_without_an_answer_it_is_unknown_and_charged_once(world: World, payee: LegalEntity) -> None:
    saved, invoice = saved_card(world, "tom", payee), world.invoice("10.00", account="tiny_account")
    sandbox_faults.arm("timeout_after")
    entered = pay(world, "tom", invoice, saved)
    assert entered.state == "unknown"
    assert paying.begin(entered).state == "unknown"
    hear(entered)
    assert (entered.state, SandboxCharge.objects.get(reference=entered.pk).charged) == ("settled", 1)
    assert_sound()


def test_who_added_it_does_not_let_money_go_alone_where_two_are_asked_for(world: World) -> None:
    set_rule(world.actor("dora"), starts_at=eur("20000.00"), four_eyes=True)
    invoice, saved = world.invoice("20000.00"), saved_card(world, "anna", world.main.legal_entity)
    approve(world, "ben", invoice)
    with refused("second_person_needed", 409):
        pay(world, "anna", invoice, saved)
    SavedMethod.objects.filter(pk=saved.pk).update(added_by=world.people["ben"].pk)
    assert pay(world, "anna", invoice, saved).state == "settled"


def test_an_account_that_the_bank_closed_to_debits_is_stopped_and_both_sides_hear_why(
    world: World, payee: LegalEntity
) -> None:
    account = next(each for each in sandbox_accounts.TEST_ACCOUNTS if "R29" in str(each.turns))
    saved = saved_account(world, "tom", payee, account=account.number)
    entered = pay(world, "tom", world.invoice("10.00", account="tiny_account"), saved)
    sandbox_charge.turn(SandboxCharge.objects.get(reference=entered.pk).pk, now=clock.now() + timedelta(days=10))
    assert hear(entered).state == "returned"
    saved.refresh_from_db()
    assert (saved.stop_reason, saved.is_default) == ("R29", False)
    heard = Event.objects.visible_to(world.actor("mona")).get(name="saved_method.stopped")
    assert heard.data["failure"] == "R29" and "token" not in heard.data
