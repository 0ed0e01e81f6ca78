"""Early-payment offer: proposed by one side, accepted by the other within authority and approval rules, and judged."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection

from eipp.kernel import clock
from eipp.kernel.actor import Actor
from eipp.ledger import discount, payable
from eipp.ledger.agreed_discount import Scale
from eipp.ledger.models import Invoice
from tests.workflows.doing import approve, assert_sound, eur, paid, refused, told
from tests.workflows.states_to_come import two_weeks
from tests.world import World
from workflows import authorised, authority, dispute, offer_judging, offer_setting, offering
from workflows.approval import ApprovalRule
from workflows.offer import Offer
from workflows.offer_terms import paying_days

DAY = timedelta(days=1)
SYSTEM = Actor.system("test")


def proposed(world: World, *invoices: Invoice, who: str = "mona", rate: str = "12") -> Offer:
    return offering.propose(world.actor(who), invoices, two_weeks(rate))


def accepted(world: World, *invoices: Invoice, who: str = "anna", rate: str = "12") -> Offer:
    offer = proposed(world, *invoices, rate=rate)
    assert offering.accept(world.actor(who), offer) is None
    assert offer.state == "accepted"
    return offer


def judged(offer: Offer, *, later: int = 0) -> str:
    offer_judging.expire_all(now=clock.now() + later * DAY)
    offer_judging.judge_all(now=clock.now() + later * DAY)
    offer.refresh_from_db()
    state: str = offer.state
    return state


def test_what_is_accepted_is_what_is_paid_and_is_earned_once(world: World) -> None:
    invoices = [world.invoice("500.00"), world.invoice("300.00")]
    offer = proposed(world, *invoices)
    first, last = (offer.on(clock.today() + days * DAY) for days in (0, 14))
    assert (first.discount, first.to_pay, first.yearly) == (eur("7.89"), eur("792.11"), Decimal("12.00"))
    assert (last.discount, offer.least) == (eur("4.21"), eur("4.21"))  # 500 and 300, 16 days early, each half up
    assert len(paying_days(offer.kept(), offer.scale, first=clock.today())) == 15
    with refused("your_own_proposal", 409):
        offering.accept(world.actor("clara"), offer)
    with refused("not_your_role", 403):
        offering.accept(world.actor("vera"), offer)
    assert discount.offer(invoices[0], on=clock.today()) is None
    offering.accept(world.actor("anna"), offer)
    assert (offer.state, told(offer)) == ("accepted", ["offer.drafted", "offer.proposed", "offer.accepted"])
    for invoice in invoices:
        invoice.refresh_from_db()
        approve(world, "ben", invoice)
    on = payable.of_invoice(invoices[0], on=clock.today())
    assert (on.discount, on.to_pay) == (eur("4.93"), eur("495.07"))
    payment = paid(world, "anna", (invoices[0], eur("495.07")), (invoices[1], eur("297.04")))
    assert (judged(offer), offer.won.text) == ("earned", "7.89")
    assert payment.amount == eur("792.11") and Invoice.objects.filter(open_minor=0).count() == 2
    assert judged(offer, later=60) == "earned"
    payment.come_back(SYSTEM, failure="R01")
    assert judged(offer) == "accepted"
    assert (judged(offer, later=60), offer.won_minor) == ("missed", 0)
    assert_sound()


def test_the_invoices_of_one_account_that_are_open_undisputed_and_not_due_can_be_offered(world: World) -> None:
    mona, invoice = world.actor("mona"), world.invoice("500.00")
    for wrong, code in (
        ([], "no_invoices"), ([invoice, invoice], "no_invoices"),
        ([invoice, world.invoice("9.00", account="branch")], "several_accounts"),
    ):  # fmt: skip
        with refused(code, 422):
            offering.propose(mona, wrong, two_weeks("12"))
    with refused("not_early", 422):
        offering.propose(mona, [invoice], Scale(clock.today() + 30 * DAY, Decimal(12)))
    with refused("wrong_day", 422):
        offering.propose(mona, [invoice], Scale(clock.today() - DAY, Decimal(12)))
    with refused("too_little", 422):
        offering.propose(mona, [world.invoice("0.05")], two_weeks("1"))
    proposed(world, invoice)
    with refused("said_already", 409):
        proposed(world, invoice, who="anna")
    other = world.invoice("100.00")
    dispute.open_dispute(world.actor("anna"), other, reason="price", amount=eur("30.00"))
    with refused("cannot_be_offered", 409):
        proposed(world, other)


def test_other_terms_are_answered_by_the_one_who_proposed_first(world: World) -> None:
    offer = proposed(world, world.invoice("500.00"), who="anna", rate="20")
    clara, mona, anna = (world.actor(word) for word in ("clara", "mona", "anna"))
    asked = offering.counter(clara, offer, two_weeks("10"))
    assert asked and offer.state == "proposed"  # a clerk gives nothing alone
    authorised.grant(mona, asked)
    offer.refresh_from_db()
    assert (offer.state, offer.turn, offer.version, offer.scale.yearly) == ("countered", "supplier", 2, Decimal(10))
    with refused("their_proposal", 409):
        offer.withdraw(anna)
    steps = Scale(clock.today() + 9 * DAY, steps=((Decimal("1.2"), clock.today() + 9 * DAY),))
    offering.counter(anna, offer, steps, comment="We pay on Friday")
    assert (offer.turn, offer.least) == ("buyer", eur("6.00"))
    assert offer.on(clock.today()).yearly == Decimal("14.60")  # 1.2 % for 30 days
    offering.accept(mona, offer)
    assert offer.state == "accepted" and told(offer)[-3:] == ["offer.countered", "offer.countered", "offer.accepted"]
    assert_sound()


def test_above_the_limit_a_second_person_of_the_suppliers_lets_it_be(world: World) -> None:
    offer = proposed(world, world.invoice("500.00"), who="clara")
    request = authority.waiting_for(offer)
    assert offer.state == "drafted" and request and request.amount == eur("4.93")
    assert not Offer.objects.visible_to(world.actor("anna")).filter(pk=offer.pk).exists()
    authorised.grant(world.actor("mona"), request)
    offer.refresh_from_db()
    assert offer.state == "proposed" and Offer.objects.visible_to(world.actor("anna")).count() == 1
    other = proposed(world, world.invoice("400.00"), who="anna")
    with refused("above_your_limit", 409):
        other.accept(world.actor("clara"))
    waiting = offering.accept(world.actor("clara"), other)
    assert waiting and other.state == "proposed"
    offering.accept(world.actor("mona"), other)
    waiting.refresh_from_db()
    assert (other.state, waiting.state) == ("accepted", "withdrawn")
    assert_sound()


def test_where_the_buyers_rules_ask_for_two_people_one_accepts_and_another_approves(world: World) -> None:
    offer = proposed(world, world.invoice("5000.00"))
    anna, ben = world.actor("anna"), world.actor("ben")
    with refused("approval_missing", 409):
        offer.accept(anna)
    offering.accept(anna, offer)
    assert (offer.state, offer.asked_by) == ("approving", world.anna.pk)
    with refused("second_person_needed", 409):
        offering.approve(anna, offer)
    with refused("their_approval", 409):
        offering.approve(by_mistake(world), offer)
    offering.approve(ben, offer)
    assert (offer.state, told(offer)[-2:]) == ("accepted", ["offer.approval_asked", "offer.approved"])
    asked = proposed(world, world.invoice("5000.00"), who="anna")  # the buyer's own proposal goes through them too
    offering.accept(world.actor("mona"), asked)
    assert (asked.state, asked.asked_by) == ("approving", world.anna.pk)
    asked.reject(ben, reason="We need the cash")
    assert asked.state == "declined"
    assert_sound()


def by_mistake(world: World) -> Actor:
    """Somebody of the supplier's who has the right by mistake."""
    mona = world.actor("mona")
    return Actor(kind="person", side="supplier", organisation_id=mona.organisation_id, person_id=mona.person_id,
                 rights=mona.rights | {"approval.decide"})  # fmt: skip


def test_what_nobody_answers_expires_and_what_nobody_pays_is_missed(world: World) -> None:
    left = proposed(world, world.invoice("500.00"))
    assert judged(left, later=7) == "proposed"
    assert judged(left, later=8) == "expired"
    with refused("not_now", 409):
        offering.accept(world.actor("anna"), left)
    offer = accepted(world, world.invoice("500.00"))
    assert judged(offer, later=21) == "accepted"  # what was sent on the last day may still arrive
    assert judged(offer, later=22) == "missed"
    assert_sound()


def test_an_invoice_that_came_under_dispute_meanwhile_is_left_out(world: World) -> None:
    good, bad = world.invoice("500.00"), world.invoice("300.00")
    offer = proposed(world, good, bad)
    opened = dispute.open_dispute(world.actor("anna"), bad, reason="price", amount=eur("30.00"))
    offering.accept(world.actor("anna"), offer)
    assert (offer.amount, offer.shares.get(left_out=True).invoice_id) == (eur("500.00"), bad.pk)
    bad.refresh_from_db()
    assert discount.offer(bad, on=clock.today()) is None
    good.refresh_from_db()
    dispute.open_dispute(world.actor("anna"), good, reason="price", amount=eur("30.00"))
    good.refresh_from_db()
    assert discount.offer(good, on=clock.today()) is None and opened.state == "opened"
    again = proposed(world, world.invoice("200.00"))
    dispute.open_dispute(world.actor("anna"), again.kept()[0].invoice, reason="price", amount=eur("30.00"))
    with refused("nothing_left", 409):
        offering.accept(world.actor("anna"), again)
    assert_sound()


def test_what_the_supplier_gives_by_itself_is_accepted_at_once(world: World) -> None:
    entity, silke = world.main.legal_entity, world.actor("silke")

    def given(**facts: object) -> None:
        terms = {"yearly": Decimal(12), "least_days": 10, "largest": eur("1000.00"), "chosen": [world.main.pk]}
        offer_setting.set_setting(silke, entity, "EUR", **{**terms, **facts})

    with refused("not_your_role", 403):
        offer_setting.set_setting(world.actor("clara"), entity, "EUR", yearly=Decimal(1))
    given()
    first = proposed(world, world.invoice("500.00"), who="anna", rate="12")
    assert (first.state, first.by_itself) == ("accepted", True)
    for facts, amount, rate in (
        ({}, "600.00", "12"), ({}, "100.00", "12.0001"), ({"least_days": 17}, "100.00", "12"),
        ({"chosen": [world.branch.pk]}, "100.00", "12"), ({"active": False}, "100.00", "12"),
    ):  # fmt: skip
        given(**facts)
        asked = proposed(world, world.invoice(amount), who="anna", rate=rate)
        assert (asked.state, asked.by_itself) == ("proposed", False), (facts, amount, rate)
    given()
    dear = Scale(
        clock.today() + 9 * DAY, steps=((Decimal("1.2"), clock.today() + 9 * DAY),)
    )  # 20.9 % a year at its end
    assert offering.propose(world.actor("anna"), [world.invoice("100.00")], dear).state == "proposed"
    assert_sound()


def test_what_waits_for_the_buyers_approvers_counts_in_what_is_given_by_itself(world: World) -> None:
    """Else many offers could wait at once, each within the bound, and all be approved."""
    entity = world.main.legal_entity
    offer_setting.set_setting(world.actor("silke"), entity, "EUR", yearly=Decimal(12), largest=eur("1000.00"))
    ApprovalRule.objects.update(quorum=2)
    first, second = (proposed(world, world.invoice("600.00"), who="anna") for _ in range(2))
    assert (first.state, first.by_itself) == ("approving", True)
    assert (second.state, second.by_itself) == ("proposed", False)


def test_no_rate_takes_all_of_an_invoice(world: World) -> None:
    far = world.invoice("500.00", due=clock.today() + 500 * DAY)
    with refused("rate_out_of_range", 422):
        proposed(world, far, who="mona", rate="100")
    last = clock.today() + 5 * DAY
    with refused("rate_out_of_range", 422):
        offering.propose(world.actor("mona"), [far], Scale(last, steps=((Decimal(100), last),)))


def test_the_same_attempt_once_more_is_the_same_offer(world: World) -> None:
    invoice, attempt = world.invoice("500.00"), uuid4()
    made = [offering.propose(world.actor("mona"), [invoice], two_weeks("12"), attempt=attempt) for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize("column", ["scale_fact", "expires_on"])
def test_terms_that_were_put_forward_are_never_changed(world: World, column: str) -> None:
    terms = proposed(world, world.invoice("500.00")).latest
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE workflows_offerterms SET {column} = {column} WHERE version = {terms.version}")
