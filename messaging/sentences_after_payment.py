"""Sentences about what may follow a payment: it goes back, the bank takes it, not all of it came."""

from messaging.sentence import Sentence

AFTER_PAYMENT: dict[str, str | Sentence] = {
    "refund.requested": "{actor} asked for refund {number} of {amount}[ from payment {payment}][: {reason}].",
    "refund.submitted": Sentence(
        "{supplier} refunds {amount}[ of your payment {payment}][: {reason}].",
        "{actor} refunds {amount}[ of payment {payment}][ to {buyer}][: {reason}].",
    ),
    "refund.sent": "{actor} sent refund {number} over {amount} by bank transfer.",
    "refund.pending": "Refund {number} over {amount} is on its way.",
    "refund.unknown": "The outcome of refund {number} over {amount} is not known yet; we keep asking.",
    "refund.succeeded": Sentence(
        "{supplier} sent {amount} back to you (refund {number}).",
        "Refund {number} over {amount} went back[ to {buyer}].",
    ),
    "refund.failed": "Refund {number} over {amount} did not go through; the money is on the account as before.",
    "refund.came_back": "Refund {number} over {amount} came back from the bank; the money is on the account again.",
    "refund.cancelled": "{actor} took back refund {number} over {amount}; nothing was sent.",
}
