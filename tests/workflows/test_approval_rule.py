"""Approval rules: set, changed and removed by the buyer's administrator, who has no way round them."""

from uuid import uuid4

import pytest

from eipp.accounts.membership import change_member
from eipp.accounts.models import Membership
from eipp.kernel.events import Event
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from messaging import sentences
from messaging.audience import hearers
from tests.workflows.doing import approve, enter
from tests.world import World
from workflows import approval
from workflows.approval import ApprovalRule
from workflows.approval_rule import change_rule, remove_rule, rules_seen, set_rule

PAGE = "/team/rules/"


def usd(amount: str) -> Money:
    return Money.parse(amount, "USD")


def last(name: str) -> Event:
    return Event.objects.filter(name=name).latest("pk")


def test_a_rule_asks_for_what_comes_and_for_what_is_open(world: World) -> None:
    for rule in rules_seen(world.actor("dora")):
        remove_rule(world.actor("dora"), rule.pk)
    before, little = (world.invoice(total, account="pacific_usd") for total in ("100.00", "10.00"))
    set_rule(world.actor("dora"), starts_at=usd("50"), quorum=2, four_eyes=True)
    small, large = (world.invoice(total, account="pacific_usd") for total in ("49.99", "50.00"))
    assert approval.active_run(little) is None
    assert approval.active_run(small) is None
    assert approval.active_run(before)
    run = approval.active_run(large)
    assert run and (run.quorum, run.four_eyes) == (2, True)
    event = last("approval_rule.set")
    assert (event.buyer_id, event.supplier_id) == (world.brightwater.pk, None)
    assert sentences.render([event], world.actor("ben")) == ["Dora Whitlock set an approval rule from 50.00 USD on."]


def test_what_was_asked_for_stays_when_the_rule_is_loosened_or_removed(world: World) -> None:
    """The administrator's way round would be: loosen the rule, pay, and tighten it again."""
    invoice = world.invoice("5000.00")
    waiting = approval.active_run(invoice)
    assert waiting and waiting.four_eyes
    for rule in rules_seen(world.actor("dora")):
        if rule.four_eyes:
            change_rule(world.actor("dora"), rule.pk, starts_at=rule.starts_at, quorum=1, four_eyes=False)
    for rule in rules_seen(world.actor("dora")):
        remove_rule(world.actor("dora"), rule.pk)
    still = approval.active_run(invoice)
    assert still and (still.pk, still.state, still.four_eyes) == (waiting.pk, "waiting", True)
    with pytest.raises(Refusal) as refusal:
        approval.decide(world.actor("dora"), still, verdict="approve")
    assert refusal.value.status == 403
    with pytest.raises(Refusal) as early:
        enter(world, "anna", invoice)
    assert early.value.code == "approval_missing"
    approve(world, "anna", invoice)
    with pytest.raises(Refusal) as alone:
        enter(world, "anna", invoice)
    assert alone.value.code == "second_person_needed"
    assert "as was asked when the invoice came" in alone.value.sentence


def test_changing_a_rule_tells_what_it_said_before(world: World) -> None:
    rule = next(each for each in rules_seen(world.actor("dora")) if each.four_eyes)
    starts_at = Money.parse("2000.00", "EUR")
    change_rule(world.actor("dora"), rule.pk, starts_at=starts_at, quorum=2, four_eyes=True)
    data = last("approval_rule.changed").data
    assert (data["amount"], data["quorum"], data["was"]["amount"], data["was"]["quorum"]) == (
        "2000.00",
        2,
        "1000.00",
        1,
    )
    change_rule(world.actor("dora"), rule.pk, starts_at=starts_at, quorum=2, four_eyes=True)
    assert Event.objects.filter(name="approval_rule.changed").count() == 1


def test_the_approvers_hear_of_every_change(world: World) -> None:
    set_rule(world.actor("dora"), starts_at=usd("50"))
    told = {member.person_id for _, member in hearers([last("approval_rule.set")])}
    assert told == {world.people[word].pk for word in ("anna", "ben")}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"starts_at": Money.parse("1000.00", "EUR")}, "rule_twice"),
        ({"starts_at": Money.parse("-1", "EUR")}, "amount_negative"),
        ({"starts_at": Money.parse("7", "EUR"), "quorum": 0}, "wrong_quorum"),
        ({"starts_at": Money.parse("7", "EUR"), "quorum": 6}, "wrong_quorum"),
        ({"starts_at": Money.parse("7", "EUR"), "quorum": 3}, "too_few_approvers"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(world: World, facts: dict, code: str) -> None:
    before = ApprovalRule.objects.count()
    with pytest.raises(Refusal) as refusal:
        set_rule(world.actor("dora"), **facts)
    assert (refusal.value.code, refusal.value.status) == (code, 422)
    assert ApprovalRule.objects.count() == before


def test_only_the_buyers_own_administrator_keeps_its_rules(world: World) -> None:
    rule = rules_seen(world.actor("dora"))[0]
    for word in ("anna", "ben", "vera", "mona", "silke"):
        with pytest.raises(Refusal) as refusal:
            remove_rule(world.actor(word), rule.pk)
        assert refusal.value.status == 403
    with pytest.raises(Refusal) as gone:
        remove_rule(world.actor("sina"), rule.pk)
    assert gone.value.code == "rule_gone"
    with pytest.raises(Refusal):
        remove_rule(world.actor("dora"), uuid4())


def test_who_administers_some_accounts_only_keeps_no_rules(world: World) -> None:
    membership = Membership.objects.get(person=world.people["ben"])
    change_member(world.actor("dora"), membership, roles=["approver", "buyer_administrator"], accounts=[world.branch])
    with pytest.raises(Refusal) as refusal:
        set_rule(world.actor("ben"), starts_at=usd("1"))
    assert refusal.value.code == "not_for_all_accounts"


class TestPage:
    def test_all_see_the_rules_and_the_administrator_keeps_them(self, world: World) -> None:
        dora = world.client("dora")
        told = {"move": "set", "amount": "250", "currency": "USD", "quorum": "2", "four_eyes": "1"}
        assert dora.post(PAGE, told).status_code == 302
        rule = ApprovalRule.objects.get(currency="USD")
        assert (rule.starts_at, rule.quorum, rule.four_eyes) == (usd("250"), 2, True)
        assert "250.00" in world.client("vera").get(PAGE).content.decode()
        told = {"move": "change", "rule": str(rule.pk), "amount": "300.00", "currency": "USD", "quorum": "1"}
        assert dora.post(PAGE, told).status_code == 302
        rule.refresh_from_db()
        assert (rule.starts_at, rule.quorum, rule.four_eyes) == (usd("300"), 1, False)
        assert dora.post(PAGE, {"move": "remove", "rule": str(rule.pk)}).status_code == 302
        rule.refresh_from_db()
        assert not rule.active

    @pytest.mark.parametrize("amount", ["1,5", "1E3", "x", "-1", "0.001", "9" * 40])
    def test_what_is_no_amount_is_a_sentence(self, world: World, amount: str) -> None:
        told = {"move": "set", "amount": amount, "currency": "USD", "quorum": "1"}
        answer = world.client("dora").post(PAGE, told)
        assert answer.status_code == 422
        assert not ApprovalRule.objects.filter(currency="USD").exists()

    def test_others_may_look_and_no_more(self, world: World) -> None:
        anna = world.client("anna")
        assert "Set a rule" not in anna.get(PAGE).content.decode()
        assert anna.post(PAGE, {"move": "set", "amount": "1", "currency": "EUR", "quorum": "1"}).status_code == 403
        assert world.client("clara").get(PAGE).status_code == 404
