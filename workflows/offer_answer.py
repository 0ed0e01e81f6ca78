"""Who answers an early-payment offer: whose turn it is, and who of the buyer's has to agree by its approval rules."""

from datetime import datetime
from typing import Any
from uuid import UUID

from eipp.kernel.actor import Actor
from eipp.kernel.refusal import Refusal
from workflows.approval import applies, rules_of
from workflows.offer_terms import OfferDecision


def their_turn(offer: Any, actor: Actor) -> Refusal | None:
    if actor.side == offer.turn:
        return Refusal("your_own_proposal", "Your own side put this forward: the other side answers it.")
    return None


def ones_own(offer: Any, actor: Actor) -> Refusal | None:
    if offer.state != "approving" and actor.side not in (offer.turn, "system"):
        return Refusal("their_proposal", "The other side put this forward: accept, decline or propose other terms.")
    return None


def of_the_buyers(offer: Any, actor: Actor) -> Refusal | None:
    if actor.side == "supplier":
        return Refusal("their_approval", "The buyer's own people approve this.")
    return None


def asked(offer: Any) -> tuple[int, bool]:
    """How many people the buyer's rules want for the sum of it, and whether who asks is none of them."""
    rules = rules_of({offer.buyer_id})
    fitting = [rule for rule in rules if applies(rule, offer.currency, offer.amount_minor, rules)]
    return (fitting[-1].quorum if fitting else 0), any(rule.four_eyes for rule in fitting)


def missing(offer: Any) -> int:
    """How many people of the buyer's have yet to agree to the latest terms."""
    quorum, four_eyes = asked(offer)
    agreed: set[UUID] = set(offer.decisions.filter(version=offer.version).values_list("decided_by", flat=True))
    return max(0, quorum - len(agreed - ({offer.asked_by} if four_eyes else set())))


def agree(offer: Any, actor: Actor, now: datetime) -> None:
    """One person of the buyer's agrees to the latest terms. Refusals: `person_needed` (403), `second_person_needed`,
    `already_approved`."""
    quorum, four_eyes = asked(offer)
    if actor.id is None:
        return
    if actor.person_id is None and (quorum > 1 or four_eyes):
        raise Refusal("person_needed", "Where several people are asked for, a program is none of them.", status=403)
    if four_eyes and actor.id == offer.asked_by:
        raise Refusal("second_person_needed", "You asked for it yourself, so a colleague decides.")
    if offer.decisions.filter(version=offer.version, decided_by=actor.id).exists():
        raise Refusal("already_approved", "You have agreed to this already: somebody else is to follow.")
    OfferDecision.objects.create(offer=offer, version=offer.version, decided_by=actor.id, decided_at=now)


def vouch(offer: Any, actor: Actor, now: datetime) -> None:
    """Who may approve and puts terms forward or accepts them agrees by that, where the rules let one person do both."""
    quorum, four_eyes = asked(offer)
    alone = actor.person_id is not None or quorum == 1
    if actor.side != "buyer" or not actor.may("approval.decide") or not quorum or four_eyes or not alone:
        return
    if not offer.decisions.filter(version=offer.version, decided_by=actor.id).exists():
        agree(offer, actor, now)
