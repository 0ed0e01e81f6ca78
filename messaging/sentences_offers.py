"""Sentences about early-payment offers: a discount for paying before the due date, by agreement."""

from messaging.sentence import Sentence

OFFERS: dict[str, str | Sentence] = {
    "offer.drafted": "{actor} drafted early-payment offer {number} for {amount}.",
    "offer.proposed": (
        "{actor} proposed to have {amount} paid by {day}, before it is due[, for {rate} % a year]"
        "[, for {percent} %] (offer {number})."
    ),
    "offer.countered": "{actor} proposed other terms for offer {number}: by {day}[, {rate} % a year][, {percent} %].",
    "offer.approval_asked": Sentence(
        "Early-payment offer {number} over {amount} waits for your approval.",
        "Early-payment offer {number} over {amount} is wanted, and waits for approval[ at {buyer}].",
    ),
    "offer.step_approved": "{actor} approved early-payment offer {number}; more people have to follow.",
    "offer.approved": "{actor} approved early-payment offer {number}: {amount} paid by {day} earns its discount.",
    "offer.accepted": "{actor} accepted early-payment offer {number}: what of {amount} is paid by {day} earns it.",
    "offer.rejected": "{actor} did not approve early-payment offer {number}[: {reason}].",
    "offer.declined": "{actor} declined early-payment offer {number}[: {reason}].",
    "offer.withdrawn": "{actor} withdrew early-payment offer {number}.",
    "offer.expired": "Early-payment offer {number} over {amount} expired: nobody answered in time.",
    "offer.earned": Sentence(
        "You won {won} by paying early (offer {number}).", "{won} were given for early payment (offer {number})."
    ),
    "offer.missed": "The discount of early-payment offer {number} was not earned: the money did not come by {day}.",
    "offer.reopened": "Money of early-payment offer {number} came back: what it had earned is owed again.",
    "offer_setting.set": "{actor} set what {name} gives by itself for early payment in {currency}: {rate} % a year.",
}
