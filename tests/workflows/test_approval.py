"""Approval: whom the buyer's rules ask, of which content, up to which amount, and who may then let the money go."""

from django.db import transaction

from eipp.accounts.membership import add_member
from eipp.accounts.person import create_person
from eipp.kernel.actor import Actor
from eipp.ledger import posting
from eipp.ledger.models import Invoice
from tests.workflows.doing import approve, assert_sound, enter, eur, paid, refused, told
from tests.world import World
from workflows import approval
from workflows.approval import ApprovalDecision, ApprovalRule, ApprovalRun, active_run
from workflows.approval_rule import set_rule
from workflows.dispute import open_dispute


def rule(world: World, **facts: object) -> ApprovalRule:
    """Brightwater's only rule."""
    ApprovalRule.objects.filter(buyer=world.brightwater).delete()
    return ApprovalRule.objects.create(**{"buyer": world.brightwater, "currency": "EUR", **facts})


def person(world: World, word: str, *roles: str) -> None:
    made = create_person(username=word, email=f"{word}@brightwater.example", name=word, password="long enough 4711")
    add_member(person=made, organisation=world.brightwater, roles=roles)
    world.people[word] = made


def run_of(invoice: Invoice) -> ApprovalRun:
    run = active_run(invoice)
    assert run
    return run


def test_a_buyer_without_rules_is_asked_for_nothing(world: World) -> None:
    invoice = world.invoice("5000.00", account="tiny_account")
    assert active_run(invoice) is None
    assert paid(world, "tom", invoice).state == "settled"


def test_a_buyer_with_rules_pays_nothing_that_nobody_approved(world: World) -> None:
    invoice = world.invoice("10.00")
    with refused("approval_missing", 409):
        enter(world, "anna", invoice)
    approve(world, "ben", invoice)
    assert paid(world, "anna", invoice).state == "settled"
    assert told(run_of(invoice)) == ["approval.requested", "approval.approved"]
    assert_sound()


def test_below_the_four_eyes_limit_one_person_approves_and_pays(world: World) -> None:
    invoice = world.invoice("999.99")
    approve(world, "anna", invoice)
    assert paid(world, "anna", invoice).state == "settled"


def test_from_the_four_eyes_limit_on_who_approved_does_not_pay(world: World) -> None:
    person(world, "paul", "payer")
    invoice = world.invoice("1000.00")
    approve(world, "anna", invoice)
    with refused("second_person_needed", 409):
        enter(world, "anna", (invoice, eur("1.00")))
    assert paid(world, "paul", invoice).state == "settled"
    assert_sound()


def test_administrators_have_no_way_round(world: World) -> None:
    person(world, "rita", "approver", "payer", "buyer_administrator")
    invoice = world.invoice("1000.00")
    approve(world, "rita", invoice)
    with refused("second_person_needed"):
        enter(world, "rita", invoice)
    with refused("not_your_role", 403):
        enter(world, "dora", invoice)
    with refused("not_your_role", 403):
        approval.decide(world.actor("dora"), run_of(world.invoice("5.00")), verdict="approve")


def test_small_invoices_paid_together_do_not_slip_under_the_limit(world: World) -> None:
    invoices = [world.invoice("600.00") for _ in range(2)]
    for invoice in invoices:
        approve(world, "anna", invoice)
    with refused("second_person_needed"):
        enter(world, "anna", *invoices)
    assert paid(world, "anna", invoices[0]).state == "settled"
    second = world.invoice("600.00")
    approve(world, "ben", second)
    with refused("second_person_needed"):
        enter(world, "anna", invoices[1], second)
    assert_sound()


def test_a_currency_without_a_rule_falls_under_the_strictest_from_the_first_cent(world: World) -> None:
    invoice = world.invoice("0.01", account="pacific_usd")
    approve(world, "anna", invoice)
    with refused("second_person_needed"):
        enter(world, "anna", invoice)
    other = world.invoice("0.01", account="pacific_usd")
    approve(world, "ben", other)
    assert paid(world, "anna", other).state == "settled"


def test_a_quorum_of_two_are_two_people(world: World) -> None:
    rule(world, quorum=2)
    invoice = world.invoice("10.00")
    approve(world, "anna", invoice)
    with refused("already_approved", 409):
        approve(world, "anna", invoice)
    with refused("more_approvers_needed", 409):
        other = world.invoice("10.00")
        run_of(other).approve(world.actor("ben"))
    with refused("approval_missing"):
        enter(world, "anna", invoice)
    approve(world, "ben", invoice)
    assert run_of(invoice).state == "approved"
    assert told(run_of(invoice)) == ["approval.requested", "approval.step_approved", "approval.approved"]
    assert_sound()


def test_a_program_is_no_second_person(world: World) -> None:
    """Whoever makes a program's key could be both."""
    erp = world.erp("brightwater")
    rule(world, quorum=2)
    with refused("person_needed", 403):
        approval.decide(erp, run_of(world.invoice("10.00")), verdict="approve")
    rule(world, four_eyes=True)
    with refused("person_needed", 403):
        approval.decide(erp, run_of(world.invoice("10.00")), verdict="approve")
    invoice = world.invoice("10.00")
    approve(world, "ben", invoice)
    with refused("second_person_needed"):
        enter(world, erp, invoice)


def test_a_program_approves_where_one_word_is_enough(world: World) -> None:
    rule(world, quorum=1)
    invoice = world.invoice("10.00")
    approval.decide(world.erp("brightwater"), run_of(invoice), verdict="approve")
    assert paid(world, "anna", invoice).state == "settled"


def test_what_a_program_approved_is_not_paid_together_above_the_limit(world: World) -> None:
    invoices = [world.invoice("600.00") for _ in range(2)]
    for invoice in invoices:
        approval.decide(world.erp("brightwater"), run_of(invoice), verdict="approve")
    with refused("second_person_needed"):
        enter(world, "anna", *invoices)


def test_only_a_party_with_a_name_approves(world: World) -> None:
    with refused("person_needed", 403):
        approval.decide(Actor.system("nobody"), run_of(world.invoice("10.00")), verdict="approve")


def test_a_rejected_invoice_is_not_paid_until_it_went_through_the_rules_again(world: World) -> None:
    invoice = world.invoice("10.00")
    with refused("reason_missing", 422):
        approval.decide(world.actor("ben"), run_of(invoice), verdict="reject", reason="  ")
    approval.decide(world.actor("ben"), run_of(invoice), verdict="reject", reason="Wrong order")
    with refused("approval_missing"):
        enter(world, "anna", invoice)
    first = run_of(invoice)
    first.resubmit(world.actor("anna"))
    again = run_of(invoice)
    assert (first.state, again.state, again.pk != first.pk) == ("resubmitted", "waiting", True)
    approve(world, "ben", invoice)
    assert paid(world, "anna", invoice).state == "settled"
    assert_sound()


def test_what_was_approved_covers_no_more_than_was_not_disputed(world: World) -> None:
    invoice = world.invoice("100.00")
    dispute = open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("30.00"))
    approve(world, "ben", invoice)
    assert run_of(invoice).covered == eur("70.00")
    dispute.decline(world.actor("clara"), reason="As agreed")
    assert run_of(invoice).state == "waiting"
    with refused("approval_missing"):
        enter(world, "anna", (invoice, eur("1.00")))
    approve(world, "ben", invoice)
    assert paid(world, "anna", invoice).state == "settled"
    assert_sound()


def test_what_was_paid_counts_against_what_was_approved(world: World) -> None:
    invoice = world.invoice("100.00")
    approve(world, "ben", invoice)
    enter(world, "anna", (invoice, eur("60.00")))
    invoice.refresh_from_db()
    ApprovalRun.objects.filter(pk=run_of(invoice).pk).update(covered_minor=8000)
    with refused("approval_too_small", 409):
        enter(world, "anna", (invoice, eur("40.00")))
    assert enter(world, "anna", (invoice, eur("20.00"))).state == "submitted"


def test_an_accepted_dispute_asks_nobody_again(world: World) -> None:
    invoice = world.invoice("100.00")
    first, second = (open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("30.00")) for _ in range(2))
    approve(world, "ben", invoice)
    first.accept(world.actor("clara"))
    assert run_of(invoice).state == "approved"
    second.accept(world.actor("clara"))
    assert paid(world, "anna", invoice).state == "settled"
    assert_sound()


def test_of_two_approvers_each_has_to_have_seen_all_that_is_paid(world: World) -> None:
    rule(world, quorum=2)
    invoice = world.invoice("100.00")
    dispute = open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("30.00"))
    approve(world, "ben", invoice)
    dispute.withdraw(world.actor("anna"))
    run = run_of(invoice)
    assert (run.state, run.missing()) == ("waiting", 2)
    assert_sound()


def test_what_two_approvers_saw_is_the_smaller_of_both(world: World) -> None:
    rule(world, quorum=2)
    invoice = world.invoice("100.00")
    approve(world, "ben", invoice)
    open_dispute(world.actor("anna"), invoice, reason="price", amount=eur("30.00"))
    approve(world, "anna", invoice)
    assert run_of(invoice).covered == eur("70.00")


def test_a_correction_between_reading_and_approving_is_noticed(world: World) -> None:
    invoice = world.invoice("100.00")
    Invoice.objects.filter(pk=invoice.pk).update(content_hash="other")
    with refused("invoice_changed", 409):
        approve(world, "ben", invoice)
    assert not ApprovalDecision.objects.exists()


def test_an_approval_of_other_content_releases_nothing(world: World) -> None:
    invoice = world.invoice("100.00")
    approve(world, "ben", invoice)
    Invoice.objects.filter(pk=invoice.pk).update(content_hash="other")
    with refused("approval_missing"):
        enter(world, "anna", invoice)


def test_nobody_is_asked_to_approve_what_the_bank_has_paid(world: World) -> None:
    invoice = world.invoice("100.00")
    run = run_of(invoice)
    with transaction.atomic():
        erp = world.erp("nordwind")
        receipt = posting.post_receipt(erp, account=world.main, amount=eur("100.00"), received_on=invoice.issue_date,
                                       kind="transfer")  # fmt: skip
        posting.apply_receipt(erp, receipt, [(invoice, eur("100.00"))])
    run.refresh_from_db()
    assert (run.state, active_run(invoice)) == ("lapsed", None)
    with transaction.atomic():
        posting.reverse_receipt(erp, receipt, reason="returned")
    assert run_of(invoice).state == "waiting"
    approve(world, "ben", invoice)
    assert paid(world, "anna", invoice).state == "settled"
    assert_sound()


def test_a_buyers_first_rule_asks_for_what_is_open_already_too(world: World) -> None:
    ApprovalRule.objects.filter(buyer=world.brightwater).delete()
    before, paid_off = world.invoice("100.00"), world.invoice("50.00")
    paid(world, "anna", paid_off)
    assert active_run(before) is None
    set_rule(world.actor("dora"), starts_at=eur("0.00"))
    with refused("approval_missing"):
        enter(world, "anna", before)
    assert active_run(paid_off) is None
    approve(world, "ben", before)
    assert enter(world, "anna", before).state == "submitted"
    assert_sound()
