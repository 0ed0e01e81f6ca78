"""Approval rules as the buyer's administrator keeps them: from an amount on, so many people approve, and who approved
does not pay. A new rule also asks for what is open and was not asked for before; what an invoice was asked for stays,
so that whoever keeps the rules has no way round them.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from eipp.accounts.models import Membership, Organisation
from eipp.accounts.roles import require, require_whole, rights_of_roles
from eipp.kernel import events
from eipp.kernel.actor import Actor
from eipp.kernel.money import Money
from eipp.kernel.refusal import Refusal
from workflows.approval import ApprovalRule

MOST_PEOPLE = 5
NONE = UUID(int=0)  # the id of no rule


@transaction.atomic
def set_rule(actor: Actor, *, starts_at: Money, quorum: int = 1, four_eyes: bool = False) -> ApprovalRule:
    """A further rule of the actor's organisation. Event: `approval_rule.set`.

    Refusal (422) for a second rule from the same amount on, or one that its people could not follow.
    """
    buyer = _administered(actor)
    _check(buyer, starts_at, quorum)
    rule = ApprovalRule(buyer=buyer, currency=starts_at.currency, quorum=quorum, four_eyes=four_eyes)
    rule.starts_at = starts_at
    rule.save(force_insert=True)
    events.record("approval_rule.set", rule, actor, data=_told(rule))
    return rule


@transaction.atomic
def change_rule(actor: Actor, rule_id: UUID, *, starts_at: Money, quorum: int, four_eyes: bool) -> ApprovalRule:
    """Other words for a rule, in the same currency. Event: `approval_rule.changed`, with what it said before."""
    buyer = _administered(actor)
    rule = _found(actor, rule_id)
    if starts_at.currency != rule.currency:
        raise Refusal("other_currency", "A rule keeps its currency: make a new one.", status=422, field="currency")
    _check(buyer, starts_at, quorum, but=rule.pk)
    before = _told(rule)
    rule.starts_at, rule.quorum, rule.four_eyes = starts_at, quorum, four_eyes
    if _told(rule) != before:
        rule.save(update_fields=["from_minor", "quorum", "four_eyes"])
        events.record("approval_rule.changed", rule, actor, data={**_told(rule), "was": before})
    return rule


@transaction.atomic
def remove_rule(actor: Actor, rule_id: UUID) -> None:
    """The rule asks nothing of what comes from now on; its row stays. Event: `approval_rule.removed`."""
    _administered(actor)
    rule = _found(actor, rule_id)
    rule.active = False
    rule.save(update_fields=["active"])
    events.record("approval_rule.removed", rule, actor, data=_told(rule))


def rules_seen(actor: Actor) -> list[ApprovalRule]:
    """The rules that hold, by currency and amount."""
    return list(ApprovalRule.objects.visible_to(actor).filter(active=True).order_by("currency", "from_minor"))


def _administered(actor: Actor) -> Organisation:
    """The organisation whose rules these are; its row is the lock."""
    require(actor, "approval.administer")
    require_whole(actor)
    return Organisation.objects.visible_to(actor).select_for_update().get()


def _found(actor: Actor, rule_id: UUID) -> ApprovalRule:
    rule = ApprovalRule.objects.visible_to(actor).filter(pk=rule_id, active=True).first()
    if rule is None:
        raise Refusal("rule_gone", "This rule does not hold any more: look at the list again.", status=409)
    return rule


def _check(buyer: Organisation, starts_at: Money, quorum: int, *, but: UUID = NONE) -> None:
    if starts_at.minor < 0:
        raise Refusal("amount_negative", "A rule begins at zero or above.", status=422, field="amount")
    others = ApprovalRule.objects.filter(buyer=buyer, currency=starts_at.currency, active=True).exclude(pk=but)
    if others.filter(from_minor=starts_at.minor).exists():
        raise Refusal("rule_twice", f"There is a rule from {starts_at} on already.", status=422, field="amount")
    if not 1 <= quorum <= MOST_PEOPLE:
        raise Refusal("wrong_quorum", f"Ask for 1 to {MOST_PEOPLE} people.", status=422, field="quorum")
    approvers = _approvers(buyer)
    if quorum > approvers:
        sentence = f"{quorum} people are to approve, but {approvers} of yours may: give more people that role first."
        raise Refusal("too_few_approvers", sentence, status=422, field="quorum")


def _approvers(buyer: Organisation) -> int:
    active = Membership.objects.filter(organisation=buyer, ended_at=None, person__is_active=True)
    return sum("approval.decide" in rights_of_roles(row.roles, side=buyer.side) for row in active)


def _told(rule: ApprovalRule) -> dict[str, Any]:
    return {"amount": rule.starts_at.text, "currency": rule.currency, "quorum": rule.quorum,
            "four_eyes": rule.four_eyes}  # fmt: skip
